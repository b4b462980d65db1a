//! Reads `multipart/form-data`.

use bytes::Bytes;
use futures_util::stream;

use crate::api::refusal::Refusal;

/// A file part of a multipart body.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub field: String,
    pub name: String,
}

/// The fields and the files of a body, in their order.
pub(crate) async fn read(content_type: &str, bytes: Bytes) -> Result<(Vec<(String, String)>, Vec<File>), Refusal> {
    let unreadable = |error: multer::Error| Refusal::Unreadable(format!("body: {error}"));
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file) => {
                part.bytes().await.map_err(unreadable)?;
                files.push(File { field: name, name: file });
            }
            None => fields.push((name, part.text().await.map_err(unreadable)?)),
        }
    }
    Ok((fields, files))
}
