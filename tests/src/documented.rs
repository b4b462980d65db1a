//! What a vendor's document shows of one operation.

use std::io;

use reachout_document::Document;
use reachout_runtime::multipart::Part;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

use crate::calls::Problem;

/// One operation of a document, with its examples.
#[derive(Debug)]
pub struct Documented {
    /// Its document.
    pub document: &'static Document,
    /// Its id.
    pub operation: &'static str,
    /// The request body.
    pub request: Option<&'static Value>,
    /// Status of the success response.
    pub status: u16,
    /// Body of the success response, where that is JSON.
    pub response: Option<&'static Value>,
    /// The success response is a file.
    pub is_download: bool,
    /// Schema of the success response.
    pub schema: &'static Value,
    files: TempDir,
}

impl Documented {
    /// Reads an operation of a client's document.
    ///
    /// # Errors
    /// A temporary folder cannot be made.
    ///
    /// # Panics
    /// Where the document has no such operation.
    pub fn read(openapi: &'static [u8], operation: &'static str) -> io::Result<Self> {
        let document = Document::embedded(openapi);
        let described = document.operation(operation).unwrap();
        let success = described.success.unwrap();
        let response = success.content.and_then(|content| content.example);
        Ok(Self {
            document,
            operation,
            request: described.body.and_then(|body| body.content.example),
            status: success.code(),
            is_download: success.content.is_some() && response.is_none(),
            schema: success.content.map_or(&Value::Null, |content| content.schema),
            response,
            files: tempfile::tempdir()?,
        })
    }

    /// The request body as the client's type.
    ///
    /// # Errors
    /// The example does not fit the type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        Ok(serde_json::from_value(self.request.cloned().unwrap_or_default())?)
    }

    /// A file of this name, on disk as long as this lives.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn file(&self, name: &str) -> Result<Part, Problem> {
        let path = self.files.path().join(name);
        std::fs::write(&path, "%PDF-1.7")?;
        Ok(Part::file(path))
    }
}
