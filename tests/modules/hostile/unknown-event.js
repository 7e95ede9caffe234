// errored: the page sent an event that precall does not understand: unknown variant `nonsense`
precallEvent('{"type":"nonsense"}');
await new Promise(() => {});
