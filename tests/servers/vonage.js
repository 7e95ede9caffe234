// What an application's server does with npm's `@vonage/video`. The command's answer is one line of JSON.
const { MediaMode, Video } = require('@vonage/video');
const { Auth } = require('@vonage/auth');

const [command, sessionId, other] = process.argv.slice(2);
const { API_URL: videoHost, API_KEY: applicationId, PRIVATE_KEY: privateKey } = process.env;
const video = new Video(new Auth({ applicationId, privateKey }), { videoHost });

const commands = {
  async create() {
    const session = await video.createSession({ mediaMode: MediaMode.ROUTED });
    const token = video.generateClientToken(session.sessionId, { role: 'moderator', data: 'from=vonage' });
    return { sessionId: session.sessionId, token };
  },
  async streams() {
    const { items } = await video.getStreamInfo(sessionId);
    return items.map(({ id, videoType }) => ({ id, videoType }));
  },
  signal: () => video.sendSignal({ type: 'greeting', data: 'hello' }, sessionId),
  mute: () => video.muteStream(sessionId, other),
  disconnect: () => video.disconnectClient(sessionId, other),
};

commands[command]().then(
  (value) => console.log(JSON.stringify(value ?? null)),
  (error) => { console.error(error.message); process.exitCode = 1; },
);
