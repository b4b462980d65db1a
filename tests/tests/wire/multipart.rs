//! Uploads: the operations whose request no JSON example can show.

use reachout_runtime::multipart::Part;
use reachout_tests::Wire;

#[tokio::test]
async fn hoop_ai_upload_attachments() {
    let wire = Wire::start(&hoop_ai::VENDOR, hoop_ai::OPENAPI, "upload_attachments").await;
    let client: hoop_ai::Client = wire.client(hoop_ai::Client::builder());
    let file = Part::bytes(&b"%PDF-1.7"[..]).file_name("file1.pdf").media_type("application/pdf");
    let response = client.messages().upload_attachments("ve9EPM428h8vShlRW1KT", "ve9EPM428h8vShlRW1KT", file).await.unwrap();
    wire.decoded(&response.into_inner());
    wire.assert();
}

#[tokio::test]
async fn leadway_upload_attachments_streams_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file1.txt");
    std::fs::write(&path, "Hello").unwrap();

    let wire = Wire::start(&leadway::VENDOR, leadway::OPENAPI, "upload_attachments").await;
    let client: leadway::Client = wire.client(leadway::Client::builder());
    let response = client
        .messages()
        .upload_attachments("ve9EPM428h8vShlRW1KT", "ve9EPM428h8vShlRW1KT", "ve9EPM428h8vShlRW1KT", Part::file(&path))
        .chat_service_sid("ISxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
        .is_group_sms("true")
        .await
        .unwrap();
    wire.decoded(&response.into_inner());
    wire.assert();
}
