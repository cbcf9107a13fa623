using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Answers a scrape without the key with 401.</summary>
internal static class MetricsKey
{
    private const string Bearer = "Bearer ";

    public static void UseMetricsKey(this IApplicationBuilder scrape, MetricsPageOptions options)
    {
        if (!options.HasKey)
        {
            return;
        }

        var key = Hash(options.Key!);
        scrape.Use((http, next) =>
        {
            if (IsRight(http.Request.Headers.Authorization.ToString(), key))
            {
                return next(http);
            }

            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers[HeaderNames.WWWAuthenticate] = Bearer.TrimEnd();
            return Task.CompletedTask;
        });
    }

    /// <summary>Compares hashes, in constant time: neither the key nor its length shows in how long it takes.</summary>
    private static bool IsRight(string authorization, byte[] key) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(authorization[Bearer.Length..].Trim()), key);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
