/** Why something is not supported: the whole vocabulary, as published. */
export const REASONS = Object.freeze({
  tooLow: 'Bandwidth too low.',
  noCamera: 'No camera was found.',
  noMicrophone: 'No microphone was found.',
});
