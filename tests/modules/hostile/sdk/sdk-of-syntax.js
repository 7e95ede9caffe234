// errored: OpenTok.js was loaded but did not define OT
)(
