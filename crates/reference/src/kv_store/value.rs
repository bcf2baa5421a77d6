//! A value on its way in: the body of a PUT, all of it.

use std::error::Error;
use std::pin::pin;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;

use super::bug::Bug;

/// The longest value, in bytes.
const LONGEST: usize = 1_000_000;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadValue {
    Empty,
    TooLong,
    /// The connection ended before the body did.
    CutShort,
}

/// Reads the whole body, whatever pieces it comes in.
pub(super) async fn read<B>(body: B, bug: Bug) -> Result<Bytes, BadValue>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let longest = if bug == Bug::BodyLimit100K { 100 << 10 } else { LONGEST };
    let body = Limited::new(body, longest);
    let value = match bug {
        Bug::FirstChunkOnly => first_chunk(body).await?,
        Bug::CutShortStored => whatever_came(body).await,
        _ => body.collect().await.map_err(reason)?.to_bytes(),
    };
    // A copy: the bytes that arrived may be a small part of a large receive buffer, which would stay in
    // memory for as long as the value does.
    let value = distort(&value, bug);
    if value.is_empty() && bug != Bug::EmptyValueStored {
        return Err(BadValue::Empty);
    }
    Ok(value.into())
}

fn reason(error: Box<dyn Error + Send + Sync>) -> BadValue {
    if error.is::<LengthLimitError>() { BadValue::TooLong } else { BadValue::CutShort }
}

/// The rest is read and dropped: it would otherwise be taken for the next request.
async fn first_chunk<B>(body: B) -> Result<Bytes, BadValue>
where
    B: Body<Error = Box<dyn Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut first = None;
    while let Some(frame) = body.frame().await {
        if let Ok(mut data) = frame.map_err(reason)?.into_data() {
            use bytes::Buf;
            let data = data.copy_to_bytes(data.remaining());
            first.get_or_insert(data);
        }
    }
    Ok(first.unwrap_or_default())
}

async fn whatever_came<B>(body: B) -> Bytes
where
    B: Body<Error = Box<dyn Error + Send + Sync>>,
{
    use bytes::{Buf, BytesMut};
    let (mut body, mut all) = (pin!(body), BytesMut::new());
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(mut data) = frame.into_data() {
            all.extend_from_slice(&data.copy_to_bytes(data.remaining()));
        }
    }
    all.freeze()
}

fn distort(value: &[u8], bug: Bug) -> Vec<u8> {
    match bug {
        Bug::ValueTrimmed => value.trim_ascii().to_vec(),
        Bug::NulEndsValue => value.split(|byte| *byte == 0).next().unwrap_or_default().to_vec(),
        Bug::NonAsciiLost => {
            let ascii = |c: char| if c.is_ascii() { c as u8 } else { b'?' };
            String::from_utf8_lossy(value).chars().map(ascii).collect()
        }
        Bug::ByteOrderMarkDropped => value.strip_prefix(b"\xef\xbb\xbf").unwrap_or(value).to_vec(),
        Bug::ValueCutAt64K => value[..value.len().min(64 << 10)].to_vec(),
        _ => value.to_vec(),
    }
}
