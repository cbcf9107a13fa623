namespace Messaging.Api.Tests;

/// <summary>One process for all tests of a class: for those that store nothing, or nothing that another one of them counts.</summary>
public class SharedApi : IAsyncDisposable
{
    public SharedApi()
        : this(new StandaloneApi())
    {
    }

    private protected SharedApi(StandaloneApi api) => Api = api;

    internal StandaloneApi Api { get; }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
