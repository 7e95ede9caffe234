//! A call and its participants.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::app::AppSpec;
use super::browser::BrowserSpec;
use super::build::SdkSpec;
use super::devices::{Camera, DevicesSpec, Sound};
use precall_netem::NetworkConfig;
use precall_netem::firewall::Firewall;

/// The call that a case runs instead of a network test.
#[derive(Debug, Clone, PartialEq)]
pub struct CallSpec {
    /// How long the call lasts, from when the participants begin to join (`duration`), 5 s to 10 min. The default is
    /// 30 s.
    pub duration: Duration,
    /// How media goes from one participant to another (`mode`). The default is routed.
    pub mode: CallMode,
    /// Whether pages read the numbers of filmed frames, take samples of pictures and note when speech begins
    /// (`perception`). The default is true.
    pub perception: bool,
    /// The participants, at least one, in file order.
    pub participants: Vec<ParticipantSpec>,
    /// The application whose pages the participants are (`[app]`); `None` for precall's own page.
    pub app: Option<AppSpec>,
}

/// How media goes from one participant to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallMode {
    /// `"routed"`: through the platform's media router.
    #[default]
    Routed,
    /// `"relayed"`: from browser to browser.
    Relayed,
}

/// A participant of a call (`[[participant]]`).
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantSpec {
    /// The name (`name`), unique in the call: 1 to 40 letters, digits, `_` and `-`.
    pub name: String,
    /// The browser of its page (`browser`); `None` for that of the case.
    pub browser: Option<BrowserSpec>,
    /// The build of OpenTok.js (`sdk`); `None` for that of the case.
    pub sdk: Option<SdkSpec>,
    /// The role of its token (`role`). The default is publisher.
    pub role: CallRole,
    /// What it publishes when it joins (`publish`); `None` if it publishes nothing.
    pub publish: Option<PublishSpec>,
    /// Whose streams it subscribes to (`subscribe`). The default is those of all others.
    pub subscribe: Subscribe,
    /// When it joins, from the beginning of the call (`join`). The default is 0 s.
    pub join: Duration,
    /// The fake camera (`camera`). The default is that of `[test]`.
    pub camera: Camera,
    /// The sound of the fake microphone (`microphone.sound`). The default is that of `[test]`.
    pub sound: Sound,
    /// The devices of its host (`devices`). The default is those of the case.
    pub devices: DevicesSpec,
    /// The network between it and the platform (`network`). The default is that of the case.
    pub network: NetworkConfig,
    /// The firewall of its network (`firewall`). The default is that of the case.
    pub firewall: Firewall,
    /// What it does during the call, by time (`step`).
    pub steps: Vec<StepSpec>,
    /// A module of the scenario's own that runs in its page once it has joined (`script`).
    pub script: Option<PathBuf>,
}

/// The role of a participant's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallRole {
    /// `"publisher"`: may publish and subscribe.
    #[default]
    Publisher,
    /// `"subscriber"`: may subscribe.
    Subscriber,
    /// `"moderator"`: may also mute and remove others.
    Moderator,
}

/// Whose streams a participant subscribes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subscribe {
    /// `"all"`: those of all other participants.
    #[default]
    All,
    /// `"none"`: nobody's.
    Nobody,
    /// A list of names: those of these participants.
    Only(Vec<String>),
}

/// A stream that a participant publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishSpec {
    /// The name of the stream in results (`name`). The default is `camera`, or that of the source.
    pub name: String,
    /// Where the video comes from (`source`).
    pub source: VideoSource,
    /// The option `resolution` of `OT.initPublisher`; `None` leaves it to OpenTok.js.
    pub resolution: Option<String>,
    /// The option `frameRate` of `OT.initPublisher`; `None` leaves it to OpenTok.js.
    pub frame_rate: Option<u32>,
    /// Whether it publishes audio (`audio`). The default is true for the camera, and false for other sources.
    pub audio: bool,
    /// Whether it publishes video (`video`). The default is true.
    pub video: bool,
    /// Whether the browser cancels echo, suppresses noise and controls the gain of the microphone
    /// (`audioProcessing`); false is the option `disableAudioProcessing` of `OT.initPublisher`. The default is true.
    #[serde(default = "processes_audio")]
    pub audio_processing: bool,
}

/// The plans of older runs do not say it.
fn processes_audio() -> bool {
    true
}

/// Where the video of a stream comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VideoSource {
    /// `"camera"`: the fake camera.
    #[default]
    Camera,
    /// `"screen"`: a picture of the participant's own page, by `getDisplayMedia`.
    Screen,
    /// `"canvas"`: a canvas with a moving picture, as a custom video source.
    Canvas,
}

/// Something that a participant does at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepSpec {
    /// When, from the beginning of the call (`at`).
    #[serde(skip)]
    pub at: Duration,
    /// What (`do`).
    #[serde(rename = "do")]
    pub action: StepAction,
    /// The participant that it is about (`target`); `None` for all others, or where there is none.
    pub target: Option<String>,
    /// The name of the stream (`stream`); `None` for the participant's first.
    pub stream: Option<String>,
    /// The data of a signal, the text to type, the key to press, or the text to look for
    /// (`data`).
    pub data: Option<String>,
    /// The CSS selector of an element of an application's page (`element`).
    pub element: Option<String>,
    /// The preferred resolution of a subscription, or that of a new stream (`resolution`).
    pub resolution: Option<String>,
    /// The preferred frame rate of a subscription, or that of a new stream (`frameRate`).
    pub frame_rate: Option<u32>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepAction {
    /// Publishes the camera, in addition to what is published already.
    Publish,
    /// Publishes the participant's screen.
    PublishScreen,
    /// Publishes a canvas.
    PublishCanvas,
    /// Ends a stream of the participant.
    Unpublish,
    /// Subscribes to the streams of the target.
    Subscribe,
    /// Ends the subscriptions to the streams of the target.
    Unsubscribe,
    /// Sends no audio any more.
    MuteAudio,
    /// Sends audio again.
    UnmuteAudio,
    /// Sends no video any more.
    MuteVideo,
    /// Sends video again.
    UnmuteVideo,
    /// Takes the next camera (`publisher.cycleVideo`).
    SwitchCamera,
    /// Takes the next microphone (`publisher.setAudioSource`).
    SwitchMicrophone,
    /// Sets the preferred resolution and frame rate of the subscriptions to the target.
    Prefer,
    /// Sends a signal to the target, or to everyone.
    Signal,
    /// Mutes the audio of the target's streams, or of all streams, as a moderator.
    ForceMute,
    /// Lets publishers unmute again after a `force-mute` of all (`disableForceMute`).
    AllowUnmute,
    /// Ends the streams of the target, as a moderator.
    ForceUnpublish,
    /// Removes the target from the session, as a moderator.
    ForceDisconnect,
    /// Leaves the session.
    Leave,
    /// Joins the session again, publishes and subscribes as in the beginning.
    Rejoin,
    /// Takes the participant's network away (an outage), until `go-online` or the end of the call.
    GoOffline,
    /// Gives the participant its network back.
    GoOnline,
    /// Reloads the page, and joins again.
    Reload,
    /// Closes the page, as when the browser tab is closed.
    Close,
    /// Clicks an element of an application's page.
    Click,
    /// Types a text into an element of an application's page.
    Type,
    /// Presses a key in an element of an application's page.
    Press,
    /// Checks that an element of an application's page is there, with a text.
    Check,
}

impl StepAction {
    /// All actions, in the order of the documents.
    pub const ALL: [Self; 28] = [
        Self::Publish,
        Self::PublishScreen,
        Self::PublishCanvas,
        Self::Unpublish,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::MuteAudio,
        Self::UnmuteAudio,
        Self::MuteVideo,
        Self::UnmuteVideo,
        Self::SwitchCamera,
        Self::SwitchMicrophone,
        Self::Prefer,
        Self::Signal,
        Self::ForceMute,
        Self::AllowUnmute,
        Self::ForceUnpublish,
        Self::ForceDisconnect,
        Self::Leave,
        Self::Rejoin,
        Self::GoOffline,
        Self::GoOnline,
        Self::Reload,
        Self::Close,
        Self::Click,
        Self::Type,
        Self::Press,
        Self::Check,
    ];

    /// Returns the word in scenarios.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::PublishScreen => "publish-screen",
            Self::PublishCanvas => "publish-canvas",
            Self::Unpublish => "unpublish",
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::MuteAudio => "mute-audio",
            Self::UnmuteAudio => "unmute-audio",
            Self::MuteVideo => "mute-video",
            Self::UnmuteVideo => "unmute-video",
            Self::SwitchCamera => "switch-camera",
            Self::SwitchMicrophone => "switch-microphone",
            Self::Prefer => "prefer",
            Self::Signal => "signal",
            Self::ForceMute => "force-mute",
            Self::AllowUnmute => "allow-unmute",
            Self::ForceUnpublish => "force-unpublish",
            Self::ForceDisconnect => "force-disconnect",
            Self::Leave => "leave",
            Self::Rejoin => "rejoin",
            Self::GoOffline => "go-offline",
            Self::GoOnline => "go-online",
            Self::Reload => "reload",
            Self::Close => "close",
            Self::Click => "click",
            Self::Type => "type",
            Self::Press => "press",
            Self::Check => "check",
        }
    }

    /// Returns whether it needs an element.
    pub fn needs_element(self) -> bool {
        matches!(self, Self::Click | Self::Type | Self::Press | Self::Check)
    }

    /// Returns whether it can be done in a page of an application, or else in precall's own.
    pub fn is_possible(self, is_app: bool) -> bool {
        match self {
            Self::Reload | Self::Close | Self::GoOffline | Self::GoOnline => true,
            _ => self.needs_element() == is_app,
        }
    }

    /// Returns whether it needs a target.
    pub fn needs_target(self) -> bool {
        matches!(self, Self::Subscribe | Self::Unsubscribe | Self::ForceUnpublish | Self::ForceDisconnect)
    }

    /// Returns whether a target makes sense.
    pub fn takes_target(self) -> bool {
        self.needs_target() || matches!(self, Self::Prefer | Self::Signal | Self::ForceMute)
    }

    /// Returns whether only a moderator may do it.
    pub fn is_moderation(self) -> bool {
        matches!(self, Self::ForceMute | Self::AllowUnmute | Self::ForceUnpublish | Self::ForceDisconnect)
    }
}

impl PublishSpec {
    /// Returns a stream of a source with the defaults of the source.
    pub fn of(source: VideoSource) -> Self {
        let name = match source {
            VideoSource::Camera => "camera",
            VideoSource::Screen => "screen",
            VideoSource::Canvas => "canvas",
        };
        Self {
            name: name.to_owned(),
            source,
            resolution: None,
            frame_rate: None,
            audio: source == VideoSource::Camera,
            video: true,
            audio_processing: true,
        }
    }
}
