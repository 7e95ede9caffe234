"""Sends a datagram to a peer through a TURN server and back, by aioice; says what came, and from where.

Arguments: the server's host and port, user name, password, transport (udp, tcp or tls).
"""

import asyncio
import json
import ssl
import sys

from aioice import turn


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, address):
        if not self.received.done():
            self.received.set_result(data.decode())


async def main(host, port, username, password, transport):
    loop = asyncio.get_running_loop()
    echo, _ = await loop.create_datagram_endpoint(Echo, local_addr=(host, 0))
    # Whether a certificate is trusted is not what is tested here.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    relayed, client = await turn.create_turn_endpoint(
        Client,
        server_addr=(host, int(port)),
        username=username,
        password=password,
        ssl=context if transport == "tls" else False,
        transport="udp" if transport == "udp" else "tcp",
    )
    relayed.sendto(b"there and back", echo.get_extra_info("sockname")[:2])
    data = await asyncio.wait_for(client.received, 10)
    print(json.dumps({"data": data, "relayed": relayed.get_extra_info("sockname")[0]}))
    relayed.close()
    echo.close()


try:
    asyncio.run(main(*sys.argv[1:]))
except Exception as error:  # what went wrong is what the test looks at
    print(json.dumps({"error": str(error)}))
