// The networks of precall's catalogue that people know by name. A test of precall holds these figures to the catalogue.

/**
 * @typedef {object} NetworkFigures
 * @property {string} name In the catalogue; a text `network.<name>`.
 * @property {number} kbps The uplink's rate, in kbit/s.
 * @property {number} delayMs The delay each way.
 * @property {number} lossPercent The mean loss of the uplink.
 */

/** @type {readonly NetworkFigures[]} */
export const NETWORKS = Object.freeze([
  { name: '2g', kbps: 32, delayMs: 650, lossPercent: 0 },
  { name: 'edge', kbps: 200, delayMs: 420, lossPercent: 0 },
  { name: 'dsl', kbps: 384, delayMs: 25, lossPercent: 0 },
  { name: 'wifi-hotel', kbps: 700, delayMs: 40, lossPercent: 1.5 },
  { name: '3g', kbps: 768, delayMs: 150, lossPercent: 0 },
  { name: 'cable', kbps: 1000, delayMs: 14, lossPercent: 0 },
  { name: 'wifi-congested', kbps: 2000, delayMs: 15, lossPercent: 3.1 },
  { name: 'satellite-geo', kbps: 2540, delayMs: 325, lossPercent: 0 },
  { name: 'lte', kbps: 12000, delayMs: 17.5, lossPercent: 0 },
  { name: 'fibre', kbps: 5000, delayMs: 2, lossPercent: 0 },
]);
