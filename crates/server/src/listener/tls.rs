//! TLS on both sides (双向认证): the caller proves by a certificate who it is.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// What a listener needs for TLS with client certificates.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// The files of [`Tls`], all PEM.
#[derive(Clone, Copy, Debug)]
pub struct TlsFiles<'a> {
    /// Our certificate, followed by those that lead to its root.
    pub certificate: &'a Path,
    /// Our private key.
    pub key: &'a Path,
    /// Whoever may sign certificates of callers.
    pub client_ca: &'a Path,
}

/// The SHA-256 of the certificate with which a caller came, in lower-case hex. Its chain was
/// verified, and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// 64 hexadecimal digits.
    pub fingerprint: String,
}

impl ClientCertificate {
    /// The certificate of a DER encoding.
    #[must_use]
    pub fn of_der(der: &[u8]) -> Self {
        Self { fingerprint: insurance::ledger::hex(&Sha256::digest(der)) }
    }

    /// The first certificate of a PEM file.
    ///
    /// # Errors
    /// A file that can't be read or holds none.
    pub fn of_file(file: &Path) -> anyhow::Result<Self> {
        let der = CertificateDer::from_pem_file(file)
            .with_context(|| format!("{} holds no certificate", file.display()))?;
        Ok(Self::of_der(&der))
    }
}

impl Tls {
    /// Reads the files. Callers without a certificate of `client_ca`, or with one whose time has
    /// not come or is over, will not get past the handshake.
    ///
    /// # Errors
    /// A file that can't be read, or a key that is not the certificate's.
    pub fn load(files: TlsFiles<'_>) -> anyhow::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for root in certificates(files.client_ca)? {
            roots.add(root).with_context(|| format!("{}", files.client_ca.display()))?;
        }
        let callers =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .with_context(|| format!("{} can't be used", files.client_ca.display()))?;
        let key = PrivateKeyDer::from_pem_file(files.key)
            .with_context(|| format!("{} holds no private key", files.key.display()))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(callers)
            .with_single_cert(certificates(files.certificate)?, key)
            .with_context(|| format!("{} can't be used", files.certificate.display()))?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands with a caller.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<(TlsStream<TcpStream>, ClientCertificate)> {
        let stream = self.0.accept(stream).await?;
        let (_, session) = stream.get_ref();
        let own = session.peer_certificates().and_then(<[_]>::first);
        let own = own.ok_or(std::io::ErrorKind::PermissionDenied)?;
        let certificate = ClientCertificate::of_der(own);
        Ok((stream, certificate))
    }
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read = || CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>();
    let certificates = read().with_context(|| format!("{} can't be read", file.display()))?;
    anyhow::ensure!(!certificates.is_empty(), "{} holds no certificate", file.display());
    Ok(certificates)
}
