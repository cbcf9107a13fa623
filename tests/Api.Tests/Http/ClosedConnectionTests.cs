using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Api.Tests.Http;

/// <summary>A client that closes its connection while its 400 is written is no error of the service.</summary>
public sealed class ClosedConnectionTests
{
    private readonly ProblemExceptionHandler _handler = new(NullLogger<ProblemExceptionHandler>.Instance);

    [Fact]
    public async Task A_closed_connection_ends_the_response_without_an_error()
    {
        var context = Context(isAborted: true);

        Assert.True(await _handler.TryHandleAsync(context, new BadHttpRequestException("The body is empty."), default));
        Assert.Equal(StatusCodes.Status400BadRequest, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_response_cancelled_by_the_service_is_an_error() =>
        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await _handler.TryHandleAsync(Context(isAborted: false), new BadHttpRequestException("The body is empty."), default));

    private static DefaultHttpContext Context(bool isAborted) => new()
    {
        RequestServices = new ServiceCollection().AddSingleton<IProblemDetailsService, CancelledWriter>().AddLogging().BuildServiceProvider(),
        RequestAborted = new CancellationToken(isAborted),
    };

    /// <summary>Writes as Kestrel does to a connection that is closed.</summary>
    private sealed class CancelledWriter : IProblemDetailsService
    {
        public ValueTask WriteAsync(ProblemDetailsContext context) => throw new OperationCanceledException();

        public ValueTask<bool> TryWriteAsync(ProblemDetailsContext context) => throw new OperationCanceledException();
    }
}
