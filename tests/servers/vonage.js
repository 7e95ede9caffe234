// What an application's server does with npm's `@vonage/video`. The command's answer is one line of JSON.
const { MediaMode, Video } = require('@vonage/video');
const { Auth } = require('@vonage/auth');
const { answer } = require('./answer');

const [command, sessionId, other] = process.argv.slice(2);
const { API_URL: videoHost, API_KEY: applicationId, PRIVATE_KEY: privateKey } = process.env;
const video = new Video(new Auth({ applicationId, privateKey }), { videoHost });

answer(command, {
  async create() {
    const session = await video.createSession({ mediaMode: MediaMode.ROUTED });
    const token = video.generateClientToken(session.sessionId, { role: 'moderator', data: 'from=vonage' });
    return { sessionId: session.sessionId, token };
  },
  async streams() {
    // Without the id of a stream, the SDK gives all streams of the session.
    const found = await video.getStreamInfo(sessionId);
    return ('items' in found ? found.items : [found]).map(({ id, videoType }) => ({ id, videoType }));
  },
  signal: () => video.sendSignal({ type: 'greeting', data: 'hello' }, sessionId),
  mute: () => video.muteStream(sessionId, other),
  disconnect: () => video.disconnectClient(sessionId, other),
});
