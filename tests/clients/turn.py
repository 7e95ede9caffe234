"""Sends a datagram to another client of a TURN server and back, by aioice; says what came, and from where.

Arguments: the server's host and port, user name, password, transport (udp, tcp or tls).
"""

import asyncio
import json
import ssl
import sys

from aioice import turn


TEXT = b"there and back"


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, address):
        if data == TEXT and not self.received.done():
            self.received.set_result(data.decode())


async def main(host, port, username, password, transport):
    # Whether a certificate is trusted is not what is tested here.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def endpoint(protocol):
        return turn.create_turn_endpoint(
            protocol,
            server_addr=(host, int(port)),
            username=username,
            password=password,
            ssl=context if transport == "tls" else False,
            transport="udp" if transport == "udp" else "tcp",
        )

    relayed, client = await endpoint(Client)
    echo, _ = await endpoint(Echo)
    mine, other = (end.get_extra_info("sockname")[:2] for end in (relayed, echo))
    # Each end lets the other one in by sending to it; until both have, datagrams are dropped.
    for _ in range(50):
        echo.sendto(b"hello", mine)
        relayed.sendto(TEXT, other)
        done, _ = await asyncio.wait([client.received], timeout=0.2)
        if done:
            break
    data = await asyncio.wait_for(client.received, 1)
    print(json.dumps({"data": data, "relayed": mine[0]}))
    relayed.close()
    echo.close()


try:
    asyncio.run(main(*sys.argv[1:]))
except Exception as error:  # what went wrong is what the test looks at
    print(json.dumps({"error": str(error)}))
