// The sample application with npm's `@vonage/video`.
const { MediaMode, Video } = require('@vonage/video');
const { Auth } = require('@vonage/auth');
const { serve } = require('./serve');

const {
  VONAGE_VIDEO_HOST: videoHost,
  VONAGE_APPLICATION_ID: applicationId = '',
  VONAGE_PRIVATE_KEY: privateKey,
} = process.env;
const video = new Video(new Auth({ applicationId, privateKey }), { videoHost });

serve({
  apiKey: applicationId,
  createSession: async () => (await video.createSession({ mediaMode: MediaMode.ROUTED })).sessionId,
  createToken: (sessionId, name) => video.generateClientToken(sessionId, { role: 'publisher', data: name }),
});
