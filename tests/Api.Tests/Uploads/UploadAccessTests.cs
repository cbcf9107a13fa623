using System.Net;
using static Messaging.Api.Tests.Uploads.UploadsUnderTest;

namespace Messaging.Api.Tests.Uploads;

/// <summary>Whose key opens which route of <c>/uploads</c>.</summary>
public sealed class UploadAccessTests(ReaderApi shared) : IClassFixture<ReaderApi>
{
    private readonly StandaloneApi _api = shared.Api;

    [Theory]
    [InlineData("POST", "/uploads?name=a", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/uploads", HttpStatusCode.OK)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad", HttpStatusCode.NotFound)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad/content", HttpStatusCode.NotFound)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad/thumbnail", HttpStatusCode.NotFound)]
    public async Task Without_a_key_all_is_closed_and_readers_change_nothing(string method, string path, HttpStatusCode ofReader)
    {
        using var client = _api.CreateClient();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync());
        client.DefaultRequestHeaders.Add("X-Api-Key", ReaderApi.Key);
        Assert.Equal(ofReader, await StatusAsync());
        await _api.AssertNothingIsLeftAsync();

        async Task<HttpStatusCode> StatusAsync()
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new ByteArrayContent(Text) : null };
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }
}
