// hung: did not answer
const send = precallEvent;
window.precallEvent = (text) => {
  send(text);
  if (text.includes('"ready"')) for (;;);
};
export default class {}
