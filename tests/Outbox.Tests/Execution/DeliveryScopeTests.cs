using Messaging.Outbox.Execution;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Execution;

/// <summary>The scope of the log entries of a delivery.</summary>
public sealed class DeliveryScopeTests
{
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
