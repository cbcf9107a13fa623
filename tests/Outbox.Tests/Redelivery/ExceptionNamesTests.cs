using Messaging.Outbox.Redelivery;
using Messaging.TestSupport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Redelivery;

public sealed class ExceptionNamesTests
{
    private readonly LogCapture _logs = new();

    [Fact]
    public void An_unknown_exception_name_is_logged_once_with_the_nearest()
    {
        var names = new ExceptionNames(LoggerFactory.Create(l => l.AddProvider(_logs)).CreateLogger<ExceptionNames>());

        names.Check(new RetryOptions { FailAtOnce = ["TimeoutExeption", "Gibberish"], RetryOnly = ["System.Net.Http.HttpRequestExcepton"] });
        names.Check(new RetryOptions { FailAtOnce = ["TimeoutExeption"] });

        Assert.Equal(3, _logs.Lines.Count);
        Assert.Single(_logs.Lines, line => line.Contains("TimeoutExeption", StringComparison.Ordinal) && line.EndsWith("did you mean TimeoutException?", StringComparison.Ordinal));
        Assert.Single(_logs.Lines, line => line.EndsWith("did you mean System.Net.Http.HttpRequestException?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TimeoutException")]
    [InlineData("System.TimeoutException")]
    [InlineData("Npgsql.NpgsqlException")]
    [InlineData("StoreUnavailableException")]
    [InlineData("System.Security.Cryptography.CryptographicException")]
    public void A_name_of_any_assembly_of_the_process_is_known(string name)
    {
        new ExceptionNames(LoggerFactory.Create(l => l.AddProvider(_logs)).CreateLogger<ExceptionNames>()).Check(new RetryOptions { FailAtOnce = [name] });

        Assert.Empty(_logs.Lines);
    }
}
