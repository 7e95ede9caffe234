// The way back to precall: a CDP binding, so that events never cross the network under test.

/** The name of the binding that precall adds to the page. */
const BINDING = 'precallEvent';

/** Sends one event. Without a binding (the page opened by hand) it goes to the console. @param {object} event */
export function emit(event) {
  const send = /** @type {any} */ (window)[BINDING];
  const text = JSON.stringify(event);
  if (typeof send === 'function') send(text);
  else console.log(text);
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
