"""An SMTP server that takes everything and keeps nothing but a count, quickly: in a process of its own, so that it takes no turns
with the benchmark."""
import multiprocessing
import socket


def talk(s, mails, size):
    f = s.makefile("rb", buffering=1 << 16)
    s.sendall(b"220 sink\r\n")
    while line := f.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            s.sendall(b"250-sink\r\n250 8BITMIME\r\n")
        elif word == b"DATA":
            s.sendall(b"354 go on\r\n")
            n = 0
            while (line := f.readline()) not in (b".\r\n", b""):
                n += len(line)
            mails.value += 1
            size.value += n
            s.sendall(b"250 2.0.0 taken\r\n")
        elif word == b"QUIT":
            s.sendall(b"221 bye\r\n")
            return
        else:
            s.sendall(b"250 2.0.0 yes\r\n")


def serve(listener, mails, size):
    while True:
        s, _ = listener.accept()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with s:
            talk(s, mails, size)


class Sink:
    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.mails, self.size = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
        self.process = multiprocessing.Process(target=serve, args=(listener, self.mails, self.size), daemon=True)
        self.process.start()
        listener.close()

    def close(self):
        self.process.terminate()
        self.process.join()
