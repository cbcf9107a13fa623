using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Messaging.Outbox.AspNetCore;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Passwords;

/// <summary>
/// <c>GET /password/reset</c>: the page that a mailed link opens. Its content security policy allows its own script and style
/// only, and no cache stores it. The token is in the URL's fragment, which the browser does not send; the page's script reads it.
/// </summary>
internal static partial class ResetPasswordPage
{
    public static void MapResetPasswordPage(this IEndpointRouteBuilder routes)
    {
        // Line endings as the browser sees them when it checks the hashes.
        using var stream = typeof(ResetPasswordPage).Assembly.GetManifestResourceStream("reset-password.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var template = reader.ReadToEnd().ReplaceLineEndings("\n");
        var policy = $"default-src 'none'; script-src {Hash(Script(), template)}; style-src {Hash(Style(), template)}; "
            + "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

        routes.MapGet("/password/reset", (HttpResponse response, IOptions<PasswordOptions> options) =>
            {
                response.Headers.ContentSecurityPolicy = policy;
                response.Headers["Referrer-Policy"] = "no-referrer";
                var min = options.Value.MinLength.ToString(CultureInfo.InvariantCulture);
                return TypedResults.Text(template.Replace("{{min}}", min, StringComparison.Ordinal), "text/html", Encoding.UTF8);
            })
            .LimitsAnonymous(RateLimitPolicies.Reads)
            .WithName("ResetPasswordPage")
            .WithTags("Passwords")
            .WithSummary("The page that a mailed link opens")
            .Produces<string>(StatusCodes.Status200OK, "text/html");
    }

    private static string Hash(Regex element, string page)
    {
        var text = element.Match(page).Value;
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    [GeneratedRegex("(?<=<script>).*(?=</script>)", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Script();

    [GeneratedRegex("(?<=<style>).*(?=</style>)", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Style();
}
