using System.Diagnostics;
using Xunit;

namespace Messaging.TestSupport;

/// <summary>
/// Programs of others that <c>.ci/tools install</c> brings. Where they are not, their tests are skipped, unless <c>TEST_REQUIRE_TOOLS=1</c> says
/// that they have to run.
/// </summary>
public sealed class Tools(string repository)
{
    private readonly string _script = Path.Combine(repository, ".ci", "tools");

    /// <returns>The exit code, and all that it printed.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(string tool, params IReadOnlyList<string> arguments)
    {
        var (exitCode, output) = await StartAsync([tool, "--version"]);
        if (exitCode == 0)
        {
            return await StartAsync([tool, .. arguments]);
        }

        var reason = $"{tool} is not at hand; `.ci/tools install` brings it:\n{output}";
        Assert.False(Environment.GetEnvironmentVariable("TEST_REQUIRE_TOOLS") == "1", reason);
        Assert.Skip(reason);
        return default;
    }

    private async Task<(int ExitCode, string Output)> StartAsync(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("bash", [_script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
