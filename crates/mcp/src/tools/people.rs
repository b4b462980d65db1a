//! Reading people and their conversations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cut::chosen;
use crate::failure::Failure;
use crate::fence::Fence;
use crate::reading::{Query, Subject};
use crate::result::{Done, SpokeTo};
use crate::server::Call;

/// How many items a page has unless another number is asked for, and at most.
const LIMIT: u32 = 10;
const MOST: u32 = 20;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct FindPeople {
    vendor: Option<String>,
    /// Words that the person has
    query: String,
    location_id: Option<String>,
    campaign_id: Option<String>,
    /// Fields to return
    #[serde(default)]
    fields: Vec<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListConversations {
    vendor: Option<String>,
    /// Words to search for
    query: Option<String>,
    location_id: Option<String>,
    contact_id: Option<String>,
    sender_id: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ReadConversation {
    vendor: Option<String>,
    conversation_id: String,
    sender_id: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ReadMore {
    handle: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Listed {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    notice: String,
    data: Vec<Map<String, Value>>,
    /// For the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct More {
    #[serde(flatten)]
    spoke_to: SpokeTo,
    notice: String,
    data: Value,
}

pub(crate) async fn find_people(call: &Call<'_>, given: FindPeople) -> Result<Done, Failure> {
    if given.query.trim().is_empty() {
        return Err(Failure::arguments("`query` is empty; give a word that the person has, so that not everybody is listed"));
    }
    let ids = [("location_id", &given.location_id), ("campaign_id", &given.campaign_id)];
    let page = Asked { vendor: given.vendor, words: Some(given.query.trim()), limit: given.limit, cursor: given.cursor.as_deref() };
    page.list(call, Subject::People, &ids, &given.fields).await
}

pub(crate) async fn list_conversations(call: &Call<'_>, given: ListConversations) -> Result<Done, Failure> {
    let ids = [("location_id", &given.location_id), ("contact_id", &given.contact_id), ("sender_id", &given.sender_id)];
    let words = given.query.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let page = Asked { vendor: given.vendor, words, limit: given.limit, cursor: given.cursor.as_deref() };
    page.list(call, Subject::Conversations, &ids, &[]).await
}

pub(crate) async fn read_conversation(call: &Call<'_>, given: ReadConversation) -> Result<Done, Failure> {
    let conversation = Some(given.conversation_id);
    let ids = [("conversation_id", &conversation), ("sender_id", &given.sender_id)];
    let page = Asked { vendor: given.vendor, words: None, limit: given.limit, cursor: given.cursor.as_deref() };
    page.list(call, Subject::Messages, &ids, &[]).await
}

pub(crate) fn read_more(call: &Call<'_>, given: &ReadMore) -> Result<Done, Failure> {
    let fence = Fence::new();
    let data = call
        .server
        .rests
        .read_on(&given.handle, &fence)
        .ok_or_else(|| Failure::arguments("the handle is not known any more; make the call again that it came from"))?;
    Done::new(More { spoke_to: call.server.outbox_alone(), notice: fence.notice(), data })
}

struct Asked<'a> {
    vendor: Option<String>,
    words: Option<&'a str>,
    limit: Option<u32>,
    cursor: Option<&'a str>,
}

impl Asked<'_> {
    async fn list(
        &self,
        call: &Call<'_>,
        subject: Subject,
        ids: &[(&'static str, &Option<String>)],
        fields: &[String],
    ) -> Result<Done, Failure> {
        let connection = call.server.connection(self.vendor.as_deref())?;
        let fence = Fence::new();
        let query = Query {
            vendor: connection.account.vendor,
            subject,
            words: self.words,
            ids: ids.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect(),
            limit: self.limit.unwrap_or(LIMIT).clamp(1, MOST),
            cursor: self.cursor,
        };
        let page = query.find(&call.server.core(connection).await?, &call.server.rests, &fence).await?;
        let data = page.items.into_iter().filter_map(|item| match chosen(item, fields) {
            Value::Object(fields) => Some(fields),
            _ => None,
        });
        Done::new(Listed { spoke_to: connection.spoke_to(), notice: fence.notice(), data: data.collect(), cursor: page.cursor })
    }
}
