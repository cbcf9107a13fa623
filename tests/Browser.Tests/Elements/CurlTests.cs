using System.Diagnostics;
using System.Text.Json;
using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What "copy as curl" copies is pasted into a shell: nothing of it is run but curl.</summary>
public sealed class CurlTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Theory]
    [InlineData("it's")]
    [InlineData("$(id) `id` ${HOME}")]
    [InlineData("two\nlines\\")]
    [InlineData("\"quoted\" !! ; & | > x")]
    [InlineData("@/etc/passwd")]
    [InlineData("-X DELETE")]
    public async Task A_shell_gives_curl_what_the_page_would_send(string text)
    {
        var command = await RunAsync<string>(
            $$"""
            const { api, at } = await import('/dashboard/lib/api.js');
            const text = {{JsonSerializer.Serialize(text)}};
            return api.curl('POST', at`/queues/${text}/purge`, { text }, { text }, { 'If-Match': `"${text.replaceAll('\n', '')}"` });
            """);

        var arguments = await ArgumentsAsync(command);

        Assert.Equal(["-sS", "-X", "POST", "-H", "X-Api-Key: key", "-H", $"If-Match: \"{text.Replace("\n", "", StringComparison.Ordinal)}\"", "-H", "Content-Type: application/json", "-d"], arguments[..^2]);
        Assert.Equal(text, JsonDocument.Parse(arguments[^2]).RootElement.GetProperty("text").GetString());
        var address = new Uri(arguments[^1]);
        Assert.Equal($"/queues/{text}/purge", Uri.UnescapeDataString(address.AbsolutePath));
        Assert.Equal(text, Uri.UnescapeDataString(address.Query["?text=".Length..].Replace('+', ' ')));
    }

    private static async Task<string[]> ArgumentsAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"curl() {{ printf '%s\\0' \"$@\"; }}; KEY=key\n{command}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Split('\0')[..^1];
    }
}
