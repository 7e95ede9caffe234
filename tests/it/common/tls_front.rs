//! What stands in front of a server whose clients use HTTPS: it ends TLS, and passes the bytes on as they are.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A listener on the loopback interface with a certificate of its own.
pub struct TlsFront {
    address: SocketAddr,
    certificate: PathBuf,
    target: Arc<OnceLock<SocketAddr>>,
}

impl TlsFront {
    /// Listens, and writes its certificate into this directory.
    pub async fn open(directory: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let certificate = directory.join("front.pem");
        let pem = pem::encode(&pem::Pem::new("CERTIFICATE", made.cert.der().as_ref()));
        std::fs::write(&certificate, pem).expect("written");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![made.cert.der().clone()], key).expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let target = Arc::new(OnceLock::new());
        let found = target.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, target) = (acceptor.clone(), found.clone());
                tokio::spawn(async move {
                    let Some(target) = target.get() else { return };
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let Ok(mut server) = TcpStream::connect(target).await else { return };
                    // Either side may end without a word: then so does the other.
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { address, certificate, target }
    }

    /// Where it listens, as in a URL.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The file of its certificate, as PEM.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// What it stands in front of, from now on and for good.
    pub fn forward_to(&self, target: SocketAddr) {
        self.target.set(target).expect("only once");
    }
}
