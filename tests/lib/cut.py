"""A wire between a program and a server that breaks: what the program says for the n-th time does not arrive any more, or
arrives and the answer does not come back; from then on the server is dead."""
import socket
import threading

import listener


class Cut:
    def __init__(self, port):
        """port: of the server.  at: which of the program's words breaks it (0: none); late: the word still arrives."""
        self.upstream = port
        self.at, self.late, self.words, self.dead = 0, False, 0, False
        self.lock = threading.Lock()
        self.listener = listener.Listener(self.admit)
        self.port = self.listener.port

    def set(self, at, late=False):
        self.at, self.late, self.words, self.dead = at, late, 0, False

    def close(self):
        self.listener.close()

    def admit(self, near):
        if self.dead:
            near.close()
            return
        far = socket.create_connection(("127.0.0.1", self.upstream))
        answered = threading.Event()
        threading.Thread(target=self.up, args=(near, far, answered), daemon=True).start()
        threading.Thread(target=self.down, args=(near, far, answered), daemon=True).start()

    def breaks(self):
        with self.lock:
            self.words += 1
            self.dead = self.dead or self.words == self.at
            return self.dead

    @staticmethod
    def end(*socks):
        for s in socks:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def up(self, near, far, answered):
        try:
            while data := near.recv(65536):
                if self.breaks():
                    if self.late:
                        far.sendall(data)
                        answered.wait(0.5)
                    break
                far.sendall(data)
        except OSError:
            pass
        self.end(near, far)

    def down(self, near, far, answered):
        try:
            while data := far.recv(65536):
                if self.dead:
                    answered.set()
                    break
                near.sendall(data)
        except OSError:
            pass
        self.end(near, far)
