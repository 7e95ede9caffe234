"""What an application's server does with PyPI's `opentok`. The command's answer is one line of JSON."""

import json
import os
import sys

from opentok import Client, MediaModes, Roles

command, *rest = sys.argv[1:]
client = Client(os.environ["API_KEY"], os.environ["API_SECRET"], api_url=os.environ["API_URL"])


def create():
    session = client.create_session(media_mode=MediaModes.routed)
    # The older form of a token; the other servers make JWTs.
    token = client.generate_token(session.session_id, role=Roles.moderator, data="from=python", use_jwt=False)
    return {"sessionId": session.session_id, "token": token}


def streams(session_id):
    items = client.list_streams(session_id)
    return [{"id": stream.id, "videoType": stream.videoType} for stream in items]


def signal(session_id):
    client.send_signal(session_id, {"type": "greeting", "data": "hello"})


def mute(session_id, stream_id):
    client.mute_stream(session_id, stream_id)


def disconnect(session_id, connection_id):
    client.force_disconnect(session_id, connection_id)


print(json.dumps(globals()[command](*rest)))
