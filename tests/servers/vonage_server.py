"""What an application's server does with PyPI's `vonage-video`. The command's answer is one line of JSON."""

import json
import os
import sys

from vonage_http_client import Auth, HttpClient, HttpClientOptions
from vonage_video import Video
from vonage_video.models import CreateArchiveRequest, MediaMode, SessionOptions, SignalData, TokenOptions

auth = Auth(application_id=os.environ["APPLICATION_ID"], private_key=os.environ["PRIVATE_KEY"])
video = Video(HttpClient(auth, HttpClientOptions(video_host=os.environ["VIDEO_HOST"])))


def everything():
    session = video.create_session(SessionOptions(media_mode=MediaMode.RELAYED))
    token = video.generate_client_token(TokenOptions(session_id=session.session_id, connection_data="from=python"))
    video.send_signal(session.session_id, SignalData(type="greeting", data="hello"))
    video.mute_all_streams(session.session_id)
    video.disable_mute_all_streams(session.session_id)
    try:
        archive = video.start_archive(CreateArchiveRequest(session_id=session.session_id))
    except Exception as error:
        archive = str(error)
    return {
        "sessionId": session.session_id,
        "token": token.decode() if isinstance(token, bytes) else token,
        "streams": [stream.id for stream in video.list_streams(session.session_id)],
        "archive": archive,
    }


print(json.dumps({"everything": everything}[sys.argv[1]]()))
