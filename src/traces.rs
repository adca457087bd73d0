//! Optional traces: for each request one span, sent to an OpenTelemetry collector. A span tells the method, the code,
//! how long the request waited for a worker, and the trace of the caller that it belongs to; it holds nothing of the
//! request or the answer. Where no collector is set, nothing is made.

use crate::error::Error;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};
use std::time::Duration;

/// Where spans are sent, a few seconds after they ended.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// How long sending may take, also at the end.
const SENDING: Duration = Duration::from_secs(5);

impl Traces {
    /// Sends spans by OTLP over gRPC to a collector, as in `http://127.0.0.1:4317`. Must be called within a runtime,
    /// which sends them; a collector that does not answer costs spans, never requests.
    pub fn to(collector: &str) -> Result<Traces, Error> {
        let exporter = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(collector)
            .with_timeout(SENDING)
            .build()
            .map_err(|why| Error::invalid("traces_collector", why.to_string()))?;
        let resource = Resource::builder_empty()
            .with_service_name("kinpath")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let tracer = provider.tracer("kinpath");
        Ok(Traces { provider, tracer })
    }

    /// Begins the span of a request. `parent` is its `traceparent` header (W3C Trace Context): whoever calls decides
    /// there whether the trace is kept.
    pub fn begin(&self, method: &'static str, parent: Option<&str>) -> Request {
        let caller = TraceContextPropagator::new().extract_with_context(
            &Context::new(),
            &Headers(parent.filter(|parent| parent.is_ascii())),
        );
        let span = self
            .tracer
            .span_builder(method)
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("rpc.system", "grpc"),
                KeyValue::new("rpc.method", method),
            ])
            .start_with_context(&self.tracer, &caller);
        Request(span)
    }

    /// Sends what was not sent yet, for a bounded time, and takes no more. It waits: never call it on a thread of the
    /// runtime that sends.
    pub fn finish(&self) {
        if let Err(why) = self.provider.shutdown_with_timeout(SENDING) {
            tracing::info!(%why, "the last traces could not be sent");
        }
    }
}

/// The codes that OpenTelemetry's conventions for gRPC call failures of the server: UNKNOWN, DEADLINE_EXCEEDED,
/// UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
const FAILURES: [i32; 6] = [2, 4, 12, 13, 14, 15];

/// The span of a request that is being answered.
pub struct Request(Span);

impl Request {
    /// Ends the span. `code` is gRPC's number; `waited` the time until a worker took the request, if one did.
    pub fn end(mut self, code: i32, waited: Option<Duration>) {
        self.0
            .set_attribute(KeyValue::new("rpc.grpc.status_code", i64::from(code)));
        if let Some(waited) = waited {
            let seconds = waited.as_secs_f64();
            self.0
                .set_attribute(KeyValue::new("kinpath.waited_seconds", seconds));
        }
        if FAILURES.contains(&code) {
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }
}

/// The one header that is read.
struct Headers<'a>(Option<&'a str>);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.filter(|_| key == "traceparent")
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
