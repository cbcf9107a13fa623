using Messaging.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Messaging.Api.Tests.Hosting;

public sealed class ListenedAddressesTests
{
    [Theory]
    [InlineData("", null, false)]
    [InlineData("http://localhost:9000", "http://localhost:9000", false)]
    [InlineData("http://127.0.0.1:9000", "http://127.0.0.1:9000", false)]
    [InlineData("http://[::1]:9000", "http://[::1]:9000", false)]
    [InlineData("http://0.0.0.0:9000", "http://localhost:9000", true)]
    [InlineData("http://[::]:8080", "http://localhost:8080", true)]
    [InlineData("http://*:80", "http://localhost", true)]
    [InlineData("https://+:443", "https://localhost", true)]
    [InlineData("http://10.0.0.7:8080", "http://10.0.0.7:8080", true)]
    [InlineData("http://app.example.org", "http://app.example.org", true)]
    [InlineData("http://localhost:8080 http://app.example.org:8080", "http://app.example.org:8080", true)]
    [InlineData("http://app.example.org https://localhost:8443", "https://localhost:8443", true)]
    [InlineData("http://unix:/tmp/app.sock", null, false)]
    [InlineData("http://unix:/tmp/app.sock http://localhost:9000", "http://localhost:9000", false)]
    [InlineData("http://127.0.0.1:0", null, false)]
    public void A_browser_is_sent_to_what_is_listened_on(string addresses, string? url, bool areOpen)
    {
        var listened = new ListenedAddresses(new Server(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal((url, areOpen), (listened.ForBrowsers, listened.AreOpenToOthers));
    }

    private sealed class Server : IServer
    {
        public Server(string[] addresses)
        {
            var feature = new Addresses();
            Array.ForEach(addresses, feature.All.Add);
            Features.Set<IServerAddressesFeature>(feature);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private sealed class Addresses : IServerAddressesFeature
    {
        public List<string> All { get; } = [];
        ICollection<string> IServerAddressesFeature.Addresses => All;
        public bool PreferHostingUrls { get; set; }
    }
}
