//! The name of a database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the database is: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`.
///
/// The connection to PostgreSQL is not encrypted: use a Unix socket (`host=/run/postgresql` in the
/// query of the URL), the loopback interface or a tunnel. A URL with `sslmode=require` is refused
/// when it connects, never weakened.
///
/// ```
/// let url: store::Url = "postgres://shebao:secret@localhost/city".parse().unwrap();
/// assert_eq!(url.to_string(), "postgres://localhost/city");
/// assert!("city.db".parse::<store::Url>().is_err());
/// ```
#[derive(Clone)]
pub struct Url(pub(crate) Place);

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<postgres::Config>),
}

/// The text does not name a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database is named sqlite:FILE or postgres://USER@HOST/DATABASE")]
pub struct NotUrl;

impl Url {
    /// The SQLite database in a file.
    #[must_use]
    pub fn of_file(path: &Path) -> Self {
        Self(Place::Sqlite(path.to_owned()))
    }

    /// Whether the database is one of a PostgreSQL server.
    #[must_use]
    pub const fn is_on_server(&self) -> bool {
        matches!(self.0, Place::Postgres(_))
    }
}

impl FromStr for Url {
    type Err = NotUrl;

    fn from_str(text: &str) -> Result<Self, NotUrl> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            let memory = file.is_empty() || file.starts_with(':') || file.starts_with("file:");
            return if memory { Err(NotUrl) } else { Ok(Self::of_file(Path::new(file))) };
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(NotUrl);
        }
        let config: postgres::Config = text.parse().map_err(|_| NotUrl)?;
        let whole = config.get_dbname().is_some() && !config.get_hosts().is_empty();
        if whole { Ok(Self(Place::Postgres(Box::new(config)))) } else { Err(NotUrl) }
    }
}

/// Without user and password.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(config) => {
                let host = match config.get_hosts().first() {
                    Some(postgres::config::Host::Tcp(name)) => name.clone(),
                    Some(postgres::config::Host::Unix(path)) => path.display().to_string(),
                    None => String::new(),
                };
                write!(f, "postgres://{host}/{}", config.get_dbname().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server_and_nothing_else() {
        for text in [
            "sqlite:city.db",
            "sqlite:/var/lib/city.db",
            "postgres://u:p@h:5433/city",
            "postgresql:///city?host=/run/postgresql&user=shebao",
        ] {
            assert!(text.parse::<Url>().is_ok(), "{text}");
        }
        for text in [
            "",
            "city.db",
            "sqlite:",
            "sqlite::memory:",
            "postgres://",
            "postgres://h",
            "mysql://h/d",
        ] {
            assert!(text.parse::<Url>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: Url = "postgres://clerk:secret@h:5433/city".parse().unwrap();
        assert!(!format!("{url} {url:?}").contains("secret"));
    }
}
