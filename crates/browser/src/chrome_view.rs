//! What a person sees of a page: its size, its colours, and a picture of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chromiumoxide::cdp::browser_protocol::accessibility::{AxValue, GetFullAxTreeParams};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
};
use chromiumoxide::cdp::browser_protocol::page::{
    AddScriptToEvaluateOnNewDocumentParams, CaptureScreenshotFormat, CaptureScreenshotParams,
    EventJavascriptDialogOpening, HandleJavaScriptDialogParams,
};
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use futures::StreamExt;

use super::chrome_page::ChromePage;
use super::error::BrowserError;

impl ChromePage {
    /// Gives the page this width and height in CSS pixels, at one device pixel each; `is_mobile` as on a phone, where a
    /// page's viewport declaration counts.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn set_viewport(&self, width: u32, height: u32, is_mobile: bool) -> Result<(), BrowserError> {
        let metrics = SetDeviceMetricsOverrideParams::new(i64::from(width), i64::from(height), 1.0, is_mobile);
        self.health.call("Emulation.setDeviceMetricsOverride", self.page.execute(metrics)).await.map(drop)
    }

    /// Makes the page see a system that prefers dark colours, or light ones.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn prefer_dark(&self, is_dark: bool) -> Result<(), BrowserError> {
        let scheme = MediaFeature::new("prefers-color-scheme", if is_dark { "dark" } else { "light" });
        let media = SetEmulatedMediaParams::builder().feature(scheme).build();
        self.health.call("Emulation.setEmulatedMedia", self.page.execute(media)).await.map(drop)
    }

    /// Runs a script in every document that the page loads from now on, before its own scripts.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn run_first(&self, script: &str) -> Result<(), BrowserError> {
        let script = AddScriptToEvaluateOnNewDocumentParams::new(script);
        let call = self.page.execute(script);
        self.health.call("Page.addScriptToEvaluateOnNewDocument", call).await.map(drop)
    }

    /// Accepts the dialogs of the page from now on, and says so in its console.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn accept_dialogs(&self) -> Result<(), BrowserError> {
        let mut dialogs =
            self.health.call("listen", self.page.event_listener::<EventJavascriptDialogOpening>()).await?;
        let page = self.page.clone();
        // It ends with the page, or with the connection to the browser.
        tokio::spawn(async move {
            while let Some(dialog) = dialogs.next().await {
                let text = serde_json::json!(format!(
                    "precall accepted a dialog ({}): {}",
                    dialog.r#type.as_ref(),
                    dialog.message
                ));
                if page.execute(HandleJavaScriptDialogParams::new(true)).await.is_err() {
                    continue;
                }
                // The page may be on its way to another.
                let _ = page.execute(EvaluateParams::new(format!("console.info({text})"))).await;
            }
        });
        Ok(())
    }

    /// Returns the accessibility tree of the page as text: for each element that assistive technology is told of, a
    /// line with its role and its name.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn accessibility_tree(&self) -> Result<String, BrowserError> {
        let call = self.page.execute(GetFullAxTreeParams::default());
        let answer = self.health.call("Accessibility.getFullAXTree", call).await?;
        let text = |value: &Option<AxValue>| {
            value.as_ref().and_then(|value| value.value.as_ref()?.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let shown = answer.result.nodes.iter().filter(|node| !node.ignored);
        let described = shown.map(|node| (text(&node.role), text(&node.name)));
        // The boxes of a text repeat it, and what has neither a role nor a name says nothing.
        let lines = described
            .filter(|(role, name)| role != "InlineTextBox" && !(role == "generic" && name.is_empty()))
            .map(|(role, name)| format!("{role} {name}").trim_end().to_owned());
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    /// Returns a picture of the page as PNG: of all of it, or of the part that is in view.
    ///
    /// # Errors
    ///
    /// Like every command, and if the answer is not in Base64.
    pub async fn picture(&self, is_whole: bool) -> Result<Vec<u8>, BrowserError> {
        let picture = CaptureScreenshotParams::builder().format(CaptureScreenshotFormat::Png);
        let picture = picture.capture_beyond_viewport(is_whole).build();
        let answer = self.health.call("Page.captureScreenshot", self.page.execute(picture)).await?;
        let refused = |reason: String| BrowserError::Refused { command: "Page.captureScreenshot", reason };
        let text: &str = answer.result.data.as_ref();
        STANDARD.decode(text).map_err(|error| refused(error.to_string()))
    }
}
