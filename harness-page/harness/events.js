// The way back to precall: a CDP binding, so that events never cross the network under test.

/** The name of the binding that precall adds to the page. */
const BINDING = 'precallEvent';

/** The longest event that precall takes, in bytes. One that is longer ends the case. */
const MAX_BYTES = 256 * 1024;

/**
 * Sends one event. Without a binding (the page opened by hand) it goes to the console. Of an event that is too long only its length is
 * sent: the rest would be thrown away, at a cost.
 * @param {object} event
 */
export function emit(event) {
  const send = /** @type {any} */ (window)[BINDING];
  const text = JSON.stringify(event);
  // As many UTF-16 code units are at least as many bytes.
  const sent = text.length > MAX_BYTES ? JSON.stringify({ type: 'tooLong', bytes: text.length }) : text;
  if (typeof send === 'function') send(sent);
  else console.log(sent);
}

/** An error as a name and a message, whatever was thrown. @param {any} error */
export function describeError(error) {
  return { name: String(error?.name ?? 'Error'), message: String(error?.message ?? inWords(error)) };
}

/** A value that is no error: an object as JSON, if it can be. @param {unknown} value */
function inWords(value) {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
