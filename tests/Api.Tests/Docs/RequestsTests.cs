using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>What <c>requests.http</c> shows is what the API takes.</summary>
public sealed partial class RequestsTests
{
    private const string Wrong = "A wrong field is named";

    [Fact]
    public async Task Every_request_of_the_file_is_taken()
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient();
        var text = await File.ReadAllTextAsync(InRepository.File("requests.http"), TestContext.Current.CancellationToken);
        var variables = Variable().Matches(text).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value.Trim(), StringComparer.Ordinal);
        variables["host"] = "";
        variables["key"] = (await File.ReadAllTextAsync(api.OperatorKeyFile, TestContext.Current.CancellationToken)).TrimEnd();
        var blocks = text.Split("\n###", StringSplitOptions.None).Skip(1).Where(b => !b.Contains(Wrong, StringComparison.Ordinal)).ToList();

        Assert.InRange(blocks.Count, 50, 100);
        foreach (var block in blocks)
        {
            using var request = Read(Use().Replace(block, use => variables[use.Groups["name"].Value]));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // There is nothing with the ids that the file has as examples.
                var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                var isOfItsTarget = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict && answer.Contains("\"detail\"", StringComparison.Ordinal);
                Assert.True(isOfItsTarget || answer.Contains("The link is no longer valid", StringComparison.Ordinal), $"{block}\n{response.StatusCode}\n{answer}");
            }
        }
    }

    private static HttpRequestMessage Read(string block)
    {
        var lines = block.ReplaceLineEndings("\n").Split('\n').Skip(1).SkipWhile(l => l.Length == 0).ToList();
        var (method, target) = lines[0].Split(' ', 2) is [var first, var rest] ? (first, rest) : throw new FormatException(block);
        var headers = lines.Skip(1).TakeWhile(l => l.Length > 0).Select(l => l.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.Ordinal);
        var body = string.Join("\r\n", lines.SkipWhile(l => l.Length > 0)).Trim().Replace("< ./logo.png", "in place of an image", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body + "\r\n"));
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) == true, name);
        }

        return request;
    }

    [GeneratedRegex("^@(?<name>[A-Za-z]+) = (?<value>.*)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Variable();

    [GeneratedRegex("{{(?<name>[A-Za-z]+)}}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Use();
}
