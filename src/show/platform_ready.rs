//! The first output of `precall platform`: everything that a client needs to connect.

use std::net::SocketAddr;

use crate::job::{PlatformRequest, Ready};
use crate::run_events::timestamp;
use precall_platform::TOKEN_LIFETIME;
use precall_platform::relay::IceServer;
use precall_support::output::{print, print_json};

/// Prints how to use the platform. This is the one place where precall prints a secret: it belongs to the operator, and
/// is meant for this.
pub fn print_ready(request: &PlatformRequest, ready: &Ready<'_>, json: bool) {
    let platform = ready.platform;
    let url = match request.announce {
        Some(announced) => format!("http://{}", SocketAddr::new(announced, platform.address().port())),
        None => platform.url(),
    };
    // The relay, for clients whose ICE servers are configured by hand, and the digest for browsers that are to trust
    // it.
    let (servers, key_digest) = (platform.ice_servers(), platform.key_digest());
    let (media, media_tcp) = (platform.media_address(), platform.media_tcp_address());
    let (key, secret) = (&request.api_key, ready.secret.expose());
    let (session, token) = (&ready.session, ready.token.expose());
    if json {
        print_json(serde_json::json!({
            "time": timestamp(), "event": "listening", "apiUrl": url, "media": media.to_string(), "mediaTcp": media_tcp,
            "apiKey": key, "apiSecret": secret, "applicationId": request.application_id, "sessionId": session.as_str(),
            "token": token, "tokenExpiresAt": format!("{:.0}", ready.token_expires),
            "iceServers": rtc_ice_servers(&servers), "relayKeyDigest": key_digest,
        }));
        return;
    }
    let mut text = format!("API URL     {url}\nmedia       udp {media}\n");
    if let Some(tcp) = media_tcp {
        text.push_str(&format!("media       tcp {tcp}\n"));
    }
    for IceServer { url, .. } in &servers {
        text.push_str(&format!("relay       {url}\n"));
    }
    if let Some(IceServer { username, credential, .. }) = servers.first() {
        text.push_str(&format!("relay user  {username}\npassword    {credential}\n"));
    }
    if let Some(digest) = key_digest {
        text.push_str(&format!("key digest  {digest}\n"));
    }
    text.push_str(&format!("API key     {key}\nAPI secret  {secret}\n"));
    if let Some(application) = &request.application_id {
        let file = request.private_key_file.as_ref().map(|file| file.display().to_string());
        let private_key = file.unwrap_or_else(|| "made up; --private-key-file keeps one".to_owned());
        text.push_str(&format!("application {application} (private key: {private_key})\n"));
    }
    text.push_str(&format!("session     {session}\ntoken       {token}\n"));
    let hours = TOKEN_LIFETIME.as_secs() / 3600;
    text.push_str(&format!("            (valid for {hours} hours, until {:.0})\n\n", ready.token_expires));
    print(format_args!(
        "{text}In the page: OT.setProxyUrl('{url}'). In a server SDK: {url} as the API URL. Ctrl-C ends it.\n\n"
    ));
}

/// Returns ICE servers as `RTCPeerConnection` and `OT.initSession` (`iceConfig.customServers`) take them.
fn rtc_ice_servers(servers: &[IceServer]) -> serde_json::Value {
    let server = |server: &IceServer| {
        let IceServer { url, username, credential } = server;
        serde_json::json!({ "urls": url, "username": username, "credential": credential })
    };
    servers.iter().map(server).collect()
}
