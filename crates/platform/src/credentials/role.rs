//! The roles of tokens.

/// The role that a token gives its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The bearer may subscribe and signal.
    Subscriber,
    /// The bearer may publish, subscribe and signal.
    Publisher,
    /// The bearer may publish and signal, but not subscribe.
    PublisherOnly,
    /// The bearer may also mute others, stop their streams and disconnect them.
    Moderator,
}

impl Role {
    /// Returns the name in tokens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Publisher => "publisher",
            Self::PublisherOnly => "publisheronly",
            Self::Moderator => "moderator",
        }
    }

    /// Returns the role of this name. An empty name is that of a publisher, as the server SDKs document.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "subscriber" => Some(Self::Subscriber),
            "" | "publisher" => Some(Self::Publisher),
            "publisheronly" => Some(Self::PublisherOnly),
            "moderator" => Some(Self::Moderator),
            _ => None,
        }
    }

    /// Returns the permissions of the connection object, which clients see as `session.capabilities`.
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Subscriber => &["subscribe", "signal"],
            Self::Publisher => &["publish", "subscribe", "signal"],
            Self::PublisherOnly => &["publish", "signal"],
            Self::Moderator => &["publish", "subscribe", "signal", "forceunpublish", "forcedisconnect", "forcemute"],
        }
    }
}
