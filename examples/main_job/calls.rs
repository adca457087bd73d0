//! What every call to Kinpath needs: who calls, a deadline, a second try, errors by their reason.

use std::fmt::Debug;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

/// A connection that names the caller.
pub type Connection = InterceptedService<Channel, Caller>;
/// What a step of the job gives, or why it failed.
pub type Done<Value> = Result<Value, Box<dyn std::error::Error>>;

const DEADLINE: Duration = Duration::from_secs(10);
const TRIES: u32 = 4;

/// Names the caller and sets the deadline of every call that has none.
#[derive(Clone)]
pub struct Caller(MetadataValue<Ascii>);

impl Caller {
    /// A caller with this token.
    pub fn new(token: &str) -> Done<Caller> {
        Ok(Caller(format!("Bearer {token}").parse()?))
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.0.clone());
        if !request.metadata().contains_key("grpc-timeout") {
            request.set_timeout(DEADLINE);
        }
        Ok(request)
    }
}

/// Calls, and again where that may help. A write has its `request_id`, so that nothing is recorded twice.
pub async fn call<Asked: Clone, Answer>(
    asked: &Asked,
    mut method: impl AsyncFnMut(Asked) -> Result<Response<Answer>, Status>,
) -> Result<Answer, Status> {
    let mut attempt = 1;
    loop {
        let status = match method(asked.clone()).await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) => status,
        };
        let may_help = matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded);
        if !may_help || attempt == TRIES {
            return Err(status);
        }
        let told = status
            .get_details_retry_info()
            .and_then(|info| info.retry_delay);
        let wait = told.unwrap_or(Duration::from_millis(100) * 2u32.pow(attempt));
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

/// Checks that a call was refused with this code; gives the reason and the fields.
pub fn refused_as<Answer: Debug>(
    answer: Result<Answer, Status>,
    code: Code,
) -> Done<(String, Vec<String>)> {
    let status = match answer {
        Ok(answer) => return Err(format!("{answer:?}, and should end with {code:?}").into()),
        Err(status) if status.code() != code => return Err(status.into()),
        Err(status) => status,
    };
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let fields = details.bad_request().map_or_else(Vec::new, |bad| {
        let fields = bad.field_violations.iter();
        fields.map(|violation| violation.field.clone()).collect()
    });
    Ok((reason.unwrap_or_default(), fields))
}

/// Checks one thing.
pub fn same<Value: PartialEq + Debug>(what: &str, seen: Value, wanted: Value) -> Done<()> {
    if seen == wanted {
        return Ok(());
    }
    Err(format!("{what}: {seen:?}, and should be {wanted:?}").into())
}
