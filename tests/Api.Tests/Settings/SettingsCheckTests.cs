using System.Text;
using Messaging.Outbox.Redelivery;
using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Settings;

/// <summary>What is configured and nobody reads, or cannot be a value of its setting.</summary>
public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Thing:Intervall", "Thing:Intervall is not a setting; did you mean Thing:Interval?")]
    [InlineData("THING:INTREVAL", "THING:INTREVAL is not a setting; did you mean THING:Interval?")]
    [InlineData("Thing:Colour", "Thing:Colour is not a setting; the settings are Count, Inner, Interval, Kind, List, Map, Names, Ready")]
    [InlineData("Thing:Inner:Deth", "Thing:Inner:Deth is not a setting; did you mean Thing:Inner:Depth?")]
    [InlineData("Thing:List:0:Deth", "Thing:List:0:Deth is not a setting; did you mean Thing:List:0:Depth?")]
    [InlineData("Thing:Map:any:Deth", "Thing:Map:any:Deth is not a setting; did you mean Thing:Map:any:Depth?")]
    [InlineData("Thing:Computed", "Thing:Computed is not a setting; the settings are Count, Inner, Interval, Kind, List, Map, Names, Ready")]
    [InlineData("Thnig:Interval", "Thnig is not a section; did you mean Thing?")]
    [InlineData("Queues:any:Deth", "Queues:any:Deth is not a setting; did you mean Queues:any:Depth?")]
    public void An_unknown_setting_is_named_with_the_nearest_known_one(string key, string problem) =>
        Assert.Equal([problem], Check((key, "1")).Unknown);

    [Theory]
    [InlineData("Thing:interval")]
    [InlineData("Thing:Names:0")]
    [InlineData("Thing:Inner:Depth")]
    [InlineData("Thing:List:0:Depth")]
    [InlineData("Thing:Map:whatever:Depth")]
    [InlineData("Queues:whatever:Depth")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections")]
    [InlineData("AllowedHosts")]
    [InlineData("Thnig")] // a variable of the system, not a section
    [InlineData("Another:Setting")]
    public void Known_and_foreign_settings_are_left_alone(string key) => Assert.Empty(Check((key, "1")).Unknown);

    [Theory]
    [InlineData("Thing:Count", "many", "Thing:Count must be an integer")]
    [InlineData("Thing:Count", "99999999999", "Thing:Count must be an integer")]
    [InlineData("Thing:Interval", "soon", "Thing:Interval must be a duration, hh:mm:ss.fff or d.hh:mm:ss")]
    [InlineData("Thing:Interval", "5", "Thing:Interval must be a duration, hh:mm:ss.fff or d.hh:mm:ss: 5 alone would mean days")]
    [InlineData("Thing:Ready", "perhaps", "Thing:Ready must be true or false")]
    [InlineData("Thing:Kind", "Green", "Thing:Kind must be one of Red, Blue")]
    [InlineData("Thing:Kind", "7", "Thing:Kind must be one of Red, Blue")]
    [InlineData("Thing:List:1:Depth", "deep", "Thing:List:1:Depth must be an integer")]
    [InlineData("Thing:Names", "ann", "Thing:Names must not have a value itself: set Thing:Names:0, and so on")]
    [InlineData("Thing:Map", "ann", "Thing:Map must not have a value itself: set Thing:Map:{name}, and so on")]
    [InlineData("Thing:Inner", "7", "Thing:Inner must not have a value itself: set Thing:Inner:Depth, and so on")]
    [InlineData("Thing:Count:0", "7", "Thing:Count must be a single value, but Thing:Count:0 is set")]
    public void A_wrong_value_is_named_with_its_setting(string key, string value, string problem) =>
        Assert.Equal([problem], Check((key, value)).Wrong);

    [Theory]
    [InlineData("Thing:Count", "7")]
    [InlineData("Thing:Interval", "00:00:01.5")]
    [InlineData("Thing:Ready", "TRUE")]
    [InlineData("Thing:Kind", "blue")]
    [InlineData("Thing:Names:0", "")]
    [InlineData("Thing:Names", "")] // an empty list in JSON
    public void A_value_is_taken(string key, string value) => Assert.Empty(Check((key, value)).Wrong);

    [Fact]
    public void In_a_shared_section_only_near_misses_are_named()
    {
        Assert.Equal(["Half:Depht is not a setting; did you mean Half:Depth?"], Check(("Half:Depht", "1"), ("Half:OfAnotherProgram", "1")).Unknown);
    }

    [Fact]
    public void Every_source_of_settings_is_checked()
    {
        Environment.SetEnvironmentVariable("Thing__Intervall", "1");
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddEnvironmentVariables()
                .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes("""{ "Thing": { "Conut": 1 } }""")))
                .AddCommandLine(["--Thing:Inner:Deth=1"])
                .Build();

            Assert.Equal(3, new SettingsCheck(configuration, Sections).Run().Unknown.Count); // none of the system's variables
        }
        finally
        {
            Environment.SetEnvironmentVariable("Thing__Intervall", null);
        }
    }

    [Fact]
    public async Task A_program_warns_at_its_start()
    {
        var logs = new LogCapture();
        await using var api = new StandaloneApi(
            ("Outbox:PolInterval", "00:00:01"), ("Outbx:PollInterval", "00:00:01"), ("Secrets:Foldr", "/run/mine"), ("Endpoints:user_registered:Concurrency", "3"), ("Endpoints:default:Prefetch", "40"));
        await using var logging = api.WithWebHostBuilder(builder => builder.ConfigureLogging(l => l.AddProvider(logs)));
        _ = logging.Services;

        foreach (var problem in (string[])
            [
                "Outbox:PolInterval is not a setting; did you mean Outbox:PollInterval?",
                "Outbx is not a section; did you mean Outbox?",
                "Secrets:Foldr is not a setting; did you mean Secrets:Folder?",
                "Endpoints:user_registered is not a queue; did you mean Endpoints:user-registered?",
            ])
        {
            await Eventually.True(() => logs.Lines.Any(line => line.Contains(problem, StringComparison.Ordinal)), problem);
        }

        Assert.DoesNotContain(logs.Lines, line => line.Contains("Endpoints:default", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_setting_of_one_program_looks_like_a_misspelt_one_of_another()
    {
        await using var api = new StandaloneApi();

        var shared = api.Services.GetServices<SettingsSection>().Where(s => s.IsPart).ToLookup(s => s.Name);

        Assert.NotEmpty(shared);
        foreach (var section in shared)
        {
            var parts = section.Select(s => SettingsModel.PropertiesOf(s.Type).Keys.ToList()).ToList();
            Assert.True(parts.Count > 1, section.Key);
            foreach (var (part, other) in parts.SelectMany(part => parts.Where(other => other != part).Select(other => (part, other))))
            {
                Assert.All(part.Except(other), name => Assert.Null(Outbox.Redelivery.Nearest.To(name, other)));
            }
        }
    }

    [Fact]
    public async Task Every_section_that_is_bound_is_known()
    {
        List<Type> bound = [];
        await using var api = new StandaloneApi();
        await using var looking = api.WithWebHostBuilder(builder => builder.ConfigureTestServices(services => bound.AddRange(services
            .Where(s => s.ServiceType.IsGenericType && s.ServiceType.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(s => s.ServiceType.GetGenericArguments()[0])
            .Where(type => type.Namespace!.StartsWith("Messaging.", StringComparison.Ordinal)))));

        var known = looking.Services.GetServices<SettingsSection>().Select(s => s.Type).ToList();

        Assert.InRange(bound.Count, 10, 100);
        Assert.Empty(bound.Except(known)); // AddSettings binds and knows
    }

    private static readonly SettingsSection[] Sections =
        [new("Thing", typeof(Thing)), new("Queues", typeof(Inner), IsKeyed: true), new("Half", typeof(Inner), IsPart: true)];

    private static (IReadOnlyList<string> Unknown, IReadOnlyList<string> Wrong) Check(params (string Key, string Value)[] settings) =>
        new SettingsCheck(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build(), Sections).Run();

    private enum Kind
    {
        Red = 0,
        Blue = 1,
    }

    private sealed class Thing
    {
        public TimeSpan Interval { get; set; }
        public int? Count { get; set; }
        public bool Ready { get; init; }
        public Kind Kind { get; set; }
        public IList<string> Names { get; } = [];
        public Inner Inner { get; } = new();
        public IReadOnlyList<Inner> List { get; set; } = [];
        public Dictionary<string, Inner> Map { get; set; } = [];
        public int Computed => 1;
        internal int Hidden { get; set; }
    }

    private sealed class Inner
    {
        public int Depth { get; set; }
    }
}
