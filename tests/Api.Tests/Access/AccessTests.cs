using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Messaging.Api.Tests.Access;

/// <summary>Who may read what only operators may read: shown on <c>GET /audit</c>.</summary>
public sealed class AccessTests(TwoKeysApi shared) : IClassFixture<TwoKeysApi>
{
    private readonly StandaloneApi _api = shared.Api;

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer ")]
    [InlineData("X-Api-Key", "")]
    public async Task A_configured_key_may_be_sent_in_either_header(string header, string prefix)
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_api, (header, prefix + TwoKeysApi.Reader)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_api, (header, prefix + TwoKeysApi.Operator)));
    }

    [Fact]
    public async Task A_missing_and_a_wrong_key_are_different_401s()
    {
        using var without = await GetAsync(_api);
        using var wrong = await GetAsync(_api, ("X-Api-Key", ApiKeys.New()));

        foreach (var (response, challenge, says) in new[] { (without, "Bearer", "needs an access key"), (wrong, "invalid_token", "not one of those") })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains(challenge, response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.Contains(says, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_keys_the_api_is_closed_and_explains_how_to_make_one()
    {
        await using var api = await RouteOfATest.StartAsync(_ => { });
        using var client = api.CreateClient();

        using var response = await client.GetAsync("/audit");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("--new-key", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_no_key_stays_open()
    {
        var id = await _api.AcceptedAsync(null, "/log?message=a");

        await _api.SucceededAsync(id);
    }

    [Fact]
    public async Task A_reader_gets_a_403_and_an_operators_name_is_recorded()
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapPost("/stop", (HttpContext http) => http.Who()).RequireOperate(), TwoKeysApi.Settings);
        using var client = api.CreateClient();

        using var anonymous = await client.PostAsync("/stop", null);
        client.DefaultRequestHeaders.Authorization = new("Bearer", TwoKeysApi.Reader);
        using var reader = await client.PostAsync("/stop", null);
        client.DefaultRequestHeaders.Authorization = new("Bearer", TwoKeysApi.Operator);
        using var otto = await client.PostAsync("/stop", null);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, reader.StatusCode);
        Assert.Equal("application/problem+json", reader.Content.Headers.ContentType?.MediaType);
        Assert.Contains("'operate'", await reader.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("otto", await otto.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("Access:Keys:0:Name", "", "Access:Keys:0: Name must be")]
    [InlineData("Access:Keys:0:Name", "local", "Access:Keys:0 (local): Name must be")]
    [InlineData("Access:Keys:0:Name", "Clock", "Access:Keys:0 (Clock): Name must be")]
    [InlineData("Access:Keys:0:Name", "declared", "Access:Keys:0 (declared): Name must be")]
    [InlineData("Access:Keys:0:Name", "OTTO", "Access:Keys:1 (otto): another key has the same Name")]
    [InlineData("Access:Keys:1:Role", "admin", "Access:Keys:1 (otto): Role must be read or operate")]
    [InlineData("Access:Keys:1:Hash", "ABCD", "Access:Keys:1 (otto): Hash must be the SHA-256")]
    public void A_wrong_key_is_named(string name, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            TwoKeysApi.Settings.Append((name, value)).GroupBy(s => s.Item1).ToDictionary(g => g.Key, g => (string?)g.Last().Item2)).Build();
        var options = configuration.GetSection("Access").Get<AccessOptions>()!;

        var wrong = Assert.Single(options.Validate(new(options)));

        Assert.StartsWith(message, wrong.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void One_key_cannot_have_two_names_and_roles()
    {
        var hash = ApiKeys.Hash(ApiKeys.New());
        var options = new AccessOptions { Keys = [new() { Name = "rita", Role = "read", Hash = hash }, new() { Name = "otto", Role = "operate", Hash = hash }] };

        var wrong = Assert.Single(options.Validate(new(options)));

        Assert.StartsWith("Access:Keys:1 (otto): another key has the same Hash", wrong.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(StandaloneApi api, params (string Name, string Value)[] headers)
    {
        using var response = await GetAsync(api, headers);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetAsync(StandaloneApi api, params (string Name, string Value)[] headers)
    {
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit");
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await client.SendAsync(request);
    }
}
