//! What an operator configures of WeChat: by file, environment or flag, the later before the
//! earlier. Secrets are named by file only, so that no list of processes shows them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use channels::http_send::Sender;
use channels::wechat_account::account_client::AccountClient;
use channels::wechat_account::{Account, visitor};
use channels::wechat_pay::Merchant;
use channels::wechat_pay::client::{self, Client};
use channels::wechat_pay::secret::ApiV3Key;
use channels::wechat_pay::signature::{PlatformKeys, SigningKey};
use serde::Deserialize;

use super::{Now, Wechat, gateway, practice};
use crate::app::App;

/// How long a call to WeChat may take; a payer waits for it.
const CALL_SECONDS: u64 = 10;

/// The options of every command that talks to WeChat.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct WechatOptions {
    /// A TOML file with the settings of WeChat below, without their `wechat-`.
    #[arg(long, env = "SHEBAO_WECHAT", value_name = "FILE")]
    pub wechat: Option<PathBuf>,
    /// Practise with a sandbox WeChat at this address (`shebao wechat sandbox` serves one). In
    /// sandbox databases only.
    #[arg(long, env = "SHEBAO_WECHAT_SANDBOX", value_name = "URL")]
    pub wechat_sandbox: Option<String>,
    /// The settings by flag or environment.
    #[command(flatten)]
    pub settings: WechatSettings,
}

/// The settings. Without any, nobody can pay by WeChat.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WechatSettings {
    /// 公众号 appid.
    #[arg(long = "wechat-app-id", env = "SHEBAO_WECHAT_APP_ID")]
    pub app_id: Option<String>,
    /// A file with the account's AppSecret.
    #[arg(long = "wechat-app-secret-file", env = "SHEBAO_WECHAT_APP_SECRET_FILE")]
    pub app_secret_file: Option<PathBuf>,
    /// 商户号.
    #[arg(long = "wechat-mchid", env = "SHEBAO_WECHAT_MCHID")]
    pub mchid: Option<String>,
    /// The serial number of the merchant's certificate.
    #[arg(long = "wechat-merchant-serial", env = "SHEBAO_WECHAT_MERCHANT_SERIAL")]
    pub merchant_serial: Option<String>,
    /// A PEM file with the merchant's private key.
    #[arg(long = "wechat-merchant-key-file", env = "SHEBAO_WECHAT_MERCHANT_KEY_FILE")]
    pub merchant_key_file: Option<PathBuf>,
    /// A file with the APIv3 key, 32 characters.
    #[arg(long = "wechat-api-v3-key-file", env = "SHEBAO_WECHAT_API_V3_KEY_FILE")]
    pub api_v3_key_file: Option<PathBuf>,
    /// WeChat Pay's public keys, each as PUB_KEY_ID_…=FILE; several are believed at once.
    #[arg(
        long = "wechat-public-key",
        env = "SHEBAO_WECHAT_PUBLIC_KEYS",
        value_name = "ID=FILE",
        value_delimiter = ','
    )]
    pub public_keys: Vec<String>,
    /// PEM files with WeChat Pay's platform certificates; several are believed at once. In
    /// certificate mode the program downloads newer ones itself.
    #[arg(
        long = "wechat-certificate",
        env = "SHEBAO_WECHAT_CERTIFICATES",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub certificates: Vec<PathBuf>,
    /// Where WeChat reaches this program, such as `https://shebao.example/callbacks/wechat`.
    #[arg(long = "wechat-callbacks", env = "SHEBAO_WECHAT_CALLBACKS", value_name = "URL")]
    pub callbacks: Option<String>,
    /// WeChat Pay's host.
    #[arg(long = "wechat-pay-base-url", env = "SHEBAO_WECHAT_PAY_BASE_URL", value_name = "URL")]
    pub pay_base_url: Option<String>,
    /// The host of the account's server calls.
    #[arg(long = "wechat-api-base-url", env = "SHEBAO_WECHAT_API_BASE_URL", value_name = "URL")]
    pub api_base_url: Option<String>,
    /// The host to which browsers are sent to say who they are.
    #[arg(
        long = "wechat-authorize-base-url",
        env = "SHEBAO_WECHAT_AUTHORIZE_BASE_URL",
        value_name = "URL"
    )]
    pub authorize_base_url: Option<String>,
    /// 模板消息: the template of a payment's receipt.
    #[arg(long = "wechat-receipt-template", env = "SHEBAO_WECHAT_RECEIPT_TEMPLATE")]
    pub receipt_template: Option<String>,
}

impl WechatOptions {
    /// The connection, or `None` when nothing is configured.
    ///
    /// # Errors
    /// A file that can't be read or is not what it must be, and settings that are missing, by name.
    pub fn connect(&self, app: &App) -> anyhow::Result<Option<Wechat>> {
        let sender = Sender::network(Duration::from_secs(CALL_SECONDS));
        let clock = app.clock;
        let now: Now = Arc::new(move || clock.now());
        if let Some(sandbox) = &self.wechat_sandbox {
            if !app.sandbox {
                bail!(
                    "--wechat-sandbox works in sandbox databases only; this one holds real people"
                );
            }
            let callbacks = self.settings.callbacks.as_deref().unwrap_or(LOCAL_CALLBACKS);
            let connection = practice::connection(sandbox, callbacks, (sender, now));
            return Ok(Some(practice::mounted(connection)));
        }
        let settings = self.settings.clone().or(self.file()?);
        if settings == WechatSettings::default() {
            return Ok(None);
        }
        let client = Client::new(
            settings.merchant()?,
            or_default(settings.pay_base_url.as_ref(), client::BASE_URL),
            sender.clone(),
            settings.keys()?,
        );
        let account = settings.account()?;
        let api_base_url = or_default(settings.api_base_url.as_ref(), visitor::API_BASE_URL);
        let account_client =
            AccountClient::new(account.clone(), api_base_url.clone(), sender.clone());
        Ok(Some(Wechat {
            gateway: gateway(client, now),
            account,
            account_client,
            authorize_base_url: or_default(
                settings.authorize_base_url.as_ref(),
                visitor::AUTHORIZE_BASE_URL,
            ),
            api_base_url,
            sender,
            bridge_script: None,
            receipt_template: settings.receipt_template,
        }))
    }

    fn file(&self) -> anyhow::Result<WechatSettings> {
        let Some(file) = &self.wechat else { return Ok(WechatSettings::default()) };
        let mut settings: WechatSettings =
            toml::from_str(&read(file)?).with_context(|| file.display().to_string())?;
        settings.find_files_beside(file);
        Ok(settings)
    }
}

/// Where a served sandbox city is found by a sandbox WeChat on the same machine.
const LOCAL_CALLBACKS: &str = "http://127.0.0.1:8080/callbacks/wechat";

impl WechatSettings {
    /// These settings, and another's where these say nothing.
    fn or(self, other: Self) -> Self {
        fn list<T>(mine: Vec<T>, others: Vec<T>) -> Vec<T> {
            if mine.is_empty() { others } else { mine }
        }
        Self {
            app_id: self.app_id.or(other.app_id),
            app_secret_file: self.app_secret_file.or(other.app_secret_file),
            mchid: self.mchid.or(other.mchid),
            merchant_serial: self.merchant_serial.or(other.merchant_serial),
            merchant_key_file: self.merchant_key_file.or(other.merchant_key_file),
            api_v3_key_file: self.api_v3_key_file.or(other.api_v3_key_file),
            public_keys: list(self.public_keys, other.public_keys),
            certificates: list(self.certificates, other.certificates),
            callbacks: self.callbacks.or(other.callbacks),
            pay_base_url: self.pay_base_url.or(other.pay_base_url),
            api_base_url: self.api_base_url.or(other.api_base_url),
            authorize_base_url: self.authorize_base_url.or(other.authorize_base_url),
            receipt_template: self.receipt_template.or(other.receipt_template),
        }
    }

    /// Files that a settings file names lie beside it.
    fn find_files_beside(&mut self, file: &Path) {
        let folder = file.parent().unwrap_or(Path::new("."));
        let files =
            [&mut self.app_secret_file, &mut self.merchant_key_file, &mut self.api_v3_key_file];
        files.into_iter().flatten().chain(&mut self.certificates).for_each(|path| {
            *path = folder.join(&path);
        });
        for key in &mut self.public_keys {
            if let Some((id, path)) = key.split_once('=') {
                *key = format!("{id}={}", folder.join(path).display());
            }
        }
    }

    fn merchant(&self) -> anyhow::Result<Merchant> {
        let callbacks = need(self.callbacks.as_ref(), "callbacks")?.trim_end_matches('/');
        let serial = need(self.merchant_serial.as_ref(), "merchant-serial")?;
        let key_file = need(self.merchant_key_file.as_ref(), "merchant-key-file")?;
        let api_file = need(self.api_v3_key_file.as_ref(), "api-v3-key-file")?;
        Ok(Merchant {
            app_id: need(self.app_id.as_ref(), "app-id")?.clone(),
            mchid: need(self.mchid.as_ref(), "mchid")?.clone(),
            key: SigningKey::from_pem(serial, &read(key_file)?)
                .with_context(|| key_file.display().to_string())?,
            api_v3_key: ApiV3Key::new(read(api_file)?.trim())
                .with_context(|| api_file.display().to_string())?,
            notify_url: format!("{callbacks}/pay"),
            refund_notify_url: format!("{callbacks}/refund"),
        })
    }

    fn account(&self) -> anyhow::Result<Account> {
        let file = need(self.app_secret_file.as_ref(), "app-secret-file")?;
        let app_id = need(self.app_id.as_ref(), "app-id")?.clone();
        Ok(Account { app_id, secret: read(file)?.trim().to_owned() })
    }

    fn keys(&self) -> anyhow::Result<PlatformKeys> {
        let mut keys = PlatformKeys::new();
        for key in &self.public_keys {
            let (id, file) = key
                .split_once('=')
                .with_context(|| format!("public-keys: {key:?} must be PUB_KEY_ID_…=FILE"))?;
            keys.add_public_key(id, &read(Path::new(file))?).with_context(|| file.to_owned())?;
        }
        for file in &self.certificates {
            keys.add_certificate(&read(file)?).with_context(|| file.display().to_string())?;
        }
        if self.public_keys.is_empty() && self.certificates.is_empty() {
            bail!("WeChat needs public-keys or certificates: whose messages are to be believed?");
        }
        Ok(keys)
    }
}

fn need<'a, T>(setting: Option<&'a T>, name: &str) -> anyhow::Result<&'a T> {
    setting.with_context(|| format!("WeChat needs the setting {name}, too"))
}

fn or_default(setting: Option<&String>, default: &str) -> String {
    setting.map_or_else(|| default.to_owned(), Clone::clone)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}
