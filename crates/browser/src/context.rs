//! The browser context of a page: its devices, permissions and proxy.

use super::proxy::BrowserProxy;

/// A device that a page needs a permission for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Any camera of the browser.
    Camera,
    /// Any microphone of the browser.
    Microphone,
}

/// The permissions and the proxy of a new browser context.
#[derive(Debug, Clone)]
pub struct ContextOptions {
    /// The origin that gets the permissions, as in `http://127.0.0.1:8080`.
    pub origin: String,
    /// Whether the camera is granted. If not, `getUserMedia` is refused at once.
    pub camera: bool,
    /// Whether the microphone is granted.
    pub microphone: bool,
    /// The HTTP proxy for everything but the loopback interface. `None` for direct connections.
    pub proxy: Option<BrowserProxy>,
}
