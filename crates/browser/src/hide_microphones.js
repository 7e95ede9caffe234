// A host without a microphone, as pages see one (W3C mediacapture-streams): none is listed, and none can be had.
(() => {
  const { prototype } = MediaDevices;
  const { enumerateDevices, getUserMedia } = prototype;
  prototype.enumerateDevices = async function listed() {
    return (await enumerateDevices.call(this)).filter(({ kind }) => kind !== 'audioinput');
  };
  prototype.getUserMedia = async function given(constraints) {
    if (constraints?.audio) throw new DOMException('Requested device not found', 'NotFoundError');
    return getUserMedia.call(this, constraints);
  };
})();
