//! Forms that carry files. Each way that takes one sets its own limit; the frame's is for forms
//! without files.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::form::{Form, TOKEN_FIELD, equal};
use super::visitor::Visitor;

/// How many fields a form may have, files included.
const FIELDS_MAX: usize = 50;
/// The longest name of a file that is kept.
const NAME_LETTERS_MAX: usize = 80;

/// A file as the browser sent it.
#[derive(Clone)]
pub(crate) struct UploadedFile {
    /// The field that carried it.
    pub(crate) field: String,
    /// Its name there, without folders.
    pub(crate) name: String,
    /// Its name as it was sent, which may be anything.
    pub(crate) sent_name: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// A form and the files that came with it.
#[derive(Clone, Default)]
pub(crate) struct Upload {
    /// The form's other fields.
    pub(crate) form: Form,
    files: Vec<UploadedFile>,
}

impl Upload {
    /// The file of a field, where one was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&UploadedFile> {
        self.files.iter().find(|file| file.field == field && !file.bytes.is_empty())
    }

    async fn take(&mut self, field: Field<'_>) -> Result<(), Response> {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
        match file_name {
            Some(sent_name) => self.files.push(UploadedFile {
                field: name,
                name: plain_name(&sent_name),
                sent_name,
                bytes: bytes.into(),
            }),
            None => self.form.add(&name, String::from_utf8_lossy(&bytes)),
        }
        Ok(())
    }
}

/// A file's name without folders and letters that can't be seen.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(NAME_LETTERS_MAX).collect()
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let expected = request.extensions().get::<Visitor>().map(Visitor::form_token);
        let refused = || StatusCode::BAD_REQUEST.into_response();
        let expected = expected.ok_or_else(refused)?;
        let mut multipart =
            Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut upload = Self::default();
        for count in 0.. {
            let next = multipart.next_field().await.map_err(IntoResponse::into_response)?;
            let Some(field) = next else { break };
            if count == FIELDS_MAX {
                return Err(refused());
            }
            upload.take(field).await?;
        }
        let token = upload.form.value(TOKEN_FIELD);
        if equal(expected.as_bytes(), token.as_bytes()) { Ok(upload) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_keeps_no_folder_and_nothing_unseen() {
        assert_eq!(plain_name("C:\\people\\十一月.xlsx"), "十一月.xlsx");
        assert_eq!(plain_name("/var/secret/a.csv"), "a.csv");
        assert_eq!(plain_name("a\r\nb.csv"), "ab.csv");
    }
}
