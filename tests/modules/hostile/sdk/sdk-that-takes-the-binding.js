// hung: prepare did not end within 30 s
window.OT = { version: 'v1' };
window.precallEvent = () => {};
