//! Starts a local OpenTok platform behind a slow network, prints what a page needs to connect, and reports every ten
//! seconds what the network has done.
//!
//! ```sh
//! cargo run -p precall-platform --example slow_network
//! ```

use std::error::Error;
use std::time::Duration;

use precall_netem::{LinkConfig, NetworkConfig};
use precall_platform::credentials::Role;
use precall_platform::transport::AllowedClients;
use precall_platform::{LocalPlatform, SessionOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // 1 Mbit/s up and 4 Mbit/s down, 80 ms in each direction.
    let link = |rate: &str| -> Result<_, Box<dyn Error>> {
        Ok(LinkConfig { rate: Some(rate.parse()?), delay: Duration::from_millis(80), ..LinkConfig::default() })
    };
    let network = NetworkConfig { up: link("1 Mbit/s")?, down: link("4 Mbit/s")?, ..NetworkConfig::default() };
    // The page that is under development; others are refused.
    let page = AllowedClients { origins: vec!["http://localhost:3000".to_owned()], ..AllowedClients::default() };
    let mut platform = LocalPlatform::builder().network(&network, 1).allow(page).start().await?;
    let session = platform.session(SessionOptions::default());
    let token = platform.token(&session, Role::Publisher)?;
    println!("OT.setProxyUrl('{}');", platform.url());
    println!("const session = OT.initSession('{}', '{session}');", platform.project().api_key);
    println!("session.connect('{}');", token.expose());
    platform.begin();
    let mut report = tokio::time::interval(Duration::from_secs(10));
    loop {
        tokio::select! {
            event = platform.next_event() => println!("{:?}", event?),
            _ = report.tick() => {
                let media = platform.counters().await.udp;
                println!("media: {} packets up, {} down", media.up.packets_out, media.down.packets_out);
            }
        }
    }
}
