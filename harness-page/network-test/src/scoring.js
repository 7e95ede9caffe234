// The figures without the test: for recorded samples, or for a call in progress. Pure; needs no browser.

export { audioMos } from './scoring/audio-mos.js';
export { videoMos } from './scoring/video-mos.js';
export { scoreQuality } from './scoring/score.js';
