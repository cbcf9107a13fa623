using System.Diagnostics;
using Messaging.Outbox.Execution;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Execution;

/// <summary>The scope of the log entries of a delivery.</summary>
public sealed class DeliveryScopeTests
{
    [Fact]
    public void Where_no_span_is_current_it_has_the_trace_of_the_message()
    {
        var (trace, task) = (ActivityTraceId.CreateRandom().ToHexString(), Guid.NewGuid());
        var scope = new DeliveryScope(new HeadersOnly(new() { ["traceparent"] = $"00-{trace}-00f067aa0ba902b7-00", ["Task-Id"] = $"{task}" }).Progress);

        Assert.Null(Activity.Current);
        Assert.Equal(["Queue=queue", "MessageId=", $"TaskId={task}", $"TraceId={trace}"], scope.Select(m => $"{m.Key}={m.Value}"));
        Assert.Equal(scope.ToList(), Enumerable.Range(0, scope.Count).Select(i => scope[i]));
        using var span = new Activity("span").Start();
        Assert.Equal((3, false), (scope.Count, scope.Any(m => m.Key == "TraceId")));
    }

    [Fact]
    public void A_scope_that_no_logger_keeps_allocates_nothing()
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new LogCapture()));
        var (logger, delivery) = (factory.CreateLogger<DeliveryScopeTests>(), new HeadersOnly([]).Progress);
        Open(1_000);

        Assert.Equal(0, Open(1_000));

        long Open(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                using var scope = logger.BeginScope(new DeliveryScope(delivery));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
