"""A port on loopback whose connections are given to a function, until it is closed."""
import socket
import threading


class Listener:
    def __init__(self, admit):
        self.admit = admit
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            try:
                sock, _ = self.sock.accept()
            except OSError:
                return
            self.admit(sock)

    def close(self):
        """The thread ends before its descriptor is free: it would go on accepting with the number, for whoever has it next."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.thread.join()
        self.sock.close()
