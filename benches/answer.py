#!/usr/bin/env python3
"""A server that reads every request and answers at once, for measuring clients: ours and the forwarders of peers.sh.

    answer.py PORT [SECONDS]

It takes so many seconds for an answer (none), and looks at nothing, so that what is measured is the client. Plain Python,
loopback only.
"""
import socket
import sys
import threading
import time

OURS = b'{"status":"success","message":"User profiles imported successfully."}'
THEIRS = b'{"taskUid":1,"indexUid":"contacts","status":"enqueued","type":"documentAdditionOrUpdate","enqueuedAt":"2026-01-01T00:00:00Z"}'
TAKES = float(sys.argv[2]) if len(sys.argv) > 2 else 0


def serve(connection):
    data = b""
    with connection:
        while True:
            while b"\r\n\r\n" not in data:
                more = connection.recv(1 << 18)
                if not more:
                    return
                data += more
            head, _, data = data.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            fields = dict(line.lower().split(b":", 1) for line in lines[1:])
            if b"100-continue" in fields.get(b"expect", b""):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if b"chunked" in fields.get(b"transfer-encoding", b""):
                while not data.endswith(b"0\r\n\r\n"):
                    data += connection.recv(1 << 18)
                data = b""
            else:
                left = int(fields.get(b"content-length", b"0")) - len(data)
                while left > 0:
                    left -= len(connection.recv(min(left, 1 << 18)))
                data = b"" if left == 0 else data[left:]
            if TAKES:
                time.sleep(TAKES)
            ours = b"/inbox/users/import" in lines[0]
            status, body = (b"200 OK", OURS) if ours else (b"202 Accepted", THEIRS)
            connection.sendall(
                b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\ncontent-length: "
                + str(len(body)).encode() + b"\r\n\r\n" + body
            )


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(client,), daemon=True).start()
