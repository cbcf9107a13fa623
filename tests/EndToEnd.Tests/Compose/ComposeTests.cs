using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Messaging.EndToEnd.Tests.Compose;

/// <summary>What every container of docker-compose.yml has, and has not.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Root = FindRoot();
    private static readonly Dictionary<object, object> Compose = Read();

    public static TheoryData<string> Services => [.. Map(Compose["services"]).Keys.Cast<string>()];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_container_has_no_privileges_and_limits_for_all(string service)
    {
        var container = Service(service);

        Assert.Equal("true", container["read_only"]);
        Assert.Equal(["ALL"], List(container["cap_drop"]));
        Assert.Contains("no-new-privileges:true", List(container["security_opt"]));
        Assert.All(["mem_limit", "pids_limit", "logging"], limit => Assert.Contains(limit, container));
        Assert.True(container.ContainsKey("cpus") || container.ContainsKey("cpu_shares"));
        Assert.False(container.ContainsKey("privileged"));
        Assert.All(List(container.GetValueOrDefault("ports")), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void No_secret_is_in_an_environment(string service)
    {
        var environment = Service(service).GetValueOrDefault("environment") is { } given ? Map(given) : [];

        Assert.All(environment, variable => Assert.False(SecretName().IsMatch((string)variable.Key) && variable.Value is not "none", (string)variable.Key));
        Assert.DoesNotContain("${", File.ReadAllText(Path.Combine(Root, "docker-compose.yml")), StringComparison.Ordinal);
        Assert.False(Service(service).ContainsKey("env_file"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void An_image_has_a_version(string service) => Assert.Matches("^(messaging-(api|worker)|[a-z/]+:v?[0-9][A-Za-z0-9.-]*(@sha256:[0-9a-f]{64})?)$", (string)Service(service)["image"]);

    [Fact]
    public void An_image_is_restored_from_all_that_names_a_package()
    {
        var kept = KeptForRestore().Matches(File.ReadAllText(Path.Combine(Root, "Dockerfile"))).Select(m => m.Groups["pattern"].Value).ToList();
        var source = Path.Combine(Root, "src");
        var imported = Directory.GetFiles(source, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Import().Matches(File.ReadAllText(project)).Select(m => Path.GetFileName(m.Groups["file"].Value)).Append(Path.GetFileName(project)))
            .Append("packages.lock.json");

        Assert.All(imported.Distinct(), file => Assert.Contains(kept, pattern => FileSystemName.MatchesSimpleExpression(pattern, file)));
    }

    [Fact]
    public void Each_secret_is_made_by_the_script()
    {
        var made = MadeSecret().Matches(File.ReadAllText(Path.Combine(Root, "make-secrets"))).Select(m => m.Groups["name"].Value).ToHashSet();
        var declared = Map(Compose["secrets"]);

        Assert.All(declared, secret => Assert.Contains(((string)Map(secret.Value)["file"])["secrets/".Length..], made));
        var used = Map(Compose["services"]).Keys.Cast<string>().SelectMany(SecretsOf).ToHashSet();
        Assert.Equal(declared.Keys.Cast<string>().Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Secrets_are_made_once_and_are_nobody_elses()
    {
        using var folder = FolderOfScripts();

        var first = await MakeAsync(folder);
        Assert.Equal(first, await MakeAsync(folder));
        File.Delete(folder.File("secrets/broker"));
        File.Delete(folder.File("secrets/operator_key"));
        var third = await MakeAsync(folder);

        Assert.Equal(["broker", "broker_definitions", "operator_key", "operator_key_hash"], first.Where(s => third[s.Key] != s.Value).Select(s => s.Key).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("secrets")));
        }

        Assert.Equal(third["operator_key_hash"].Trim(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(third["operator_key"]))));
        Assert.Equal(32, Convert.FromBase64String(first["signing_key"].Trim()).Length);
        using var definitions = JsonDocument.Parse(third["broker_definitions"]);
        var hash = Convert.FromBase64String(definitions.RootElement.GetProperty("users")[0].GetProperty("password_hash").GetString()!);
        Assert.Equal(SHA256.HashData([.. hash[..4], .. Encoding.UTF8.GetBytes(third["broker"])]), hash[4..]);
        Assert.Equal("[]", definitions.RootElement.GetProperty("users")[0].GetProperty("tags").GetRawText());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_secret_that_cannot_be_made_leaves_no_empty_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no scripts.");
        using var folder = FolderOfScripts();
        await File.WriteAllTextAsync(folder.File("openssl"), "#!/bin/sh\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("openssl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        using var process = Process.Start(new ProcessStartInfo("bash", folder.File("make-secrets"))
        {
            Environment = { ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" },
        })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, process.ExitCode);
        Assert.DoesNotContain(Directory.GetFiles(folder.File("secrets")), file => Path.GetFileName(file)[0] != '.');
        Assert.All(await MakeAsync(folder), secret => Assert.NotEmpty(secret.Value));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_mounted_file_keeps_its_mode_from_git()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A file there has no mode.");
        using var folder = FolderOfScripts();
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(folder.File("deploy/roles.sh"), Owner); // cloned with a umask of 077

        await MakeAsync(folder);

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Assert.Equal(Owner | Others, File.GetUnixFileMode(folder.File("deploy/roles.sh")));
    }

    [Fact]
    public void Only_the_migration_has_the_owners_password_in_an_application()
    {
        Assert.Equal(["migrate", "roles"], Map(Compose["services"]).Keys.Cast<string>().Where(s => SecretsOf(s).Contains("database_owner")));
        Assert.Equal(["migrate"], Map(Compose["services"]).Keys.Cast<string>().Where(s =>
            Service(s).GetValueOrDefault("environment") is { } e && Map(e).GetValueOrDefault("Database__Username") is "messaging_owner"));
    }

    private static TemporaryFolder FolderOfScripts()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("deploy"));
        File.Copy(Path.Combine(Root, "make-secrets"), folder.File("make-secrets"));
        File.Copy(Path.Combine(Root, "deploy", "roles.sh"), folder.File("deploy/roles.sh"));
        return folder;
    }

    private static async Task<Dictionary<string, string>> MakeAsync(TemporaryFolder folder)
    {
        using var process = Process.Start("bash", folder.File("make-secrets"));
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return Directory.GetFiles(folder.File("secrets")).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllText);
    }

    private static IEnumerable<string> SecretsOf(string service) => Service(service).GetValueOrDefault("secrets") is List<object> secrets
        ? secrets.Select(s => s as string ?? (string)Map(s)["source"])
        : [];

    private static Dictionary<object, object> Service(string name) => Map(Map(Compose["services"])[name]);

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static List<string> List(object? value) => value is List<object> list ? [.. list.Cast<string>()] : [];

    private static Dictionary<object, object> Read()
    {
        using var file = File.OpenText(Path.Combine(Root, "docker-compose.yml"));
        return new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(file)));
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "docker-compose.yml")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("There is no docker-compose.yml above the tests.");
        }

        return folder;
    }

    [GeneratedRegex("(PASSWORD|PASS|SECRET|TOKEN|HASH|COOKIE|__KEY)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^make (?<name>[a-z_]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MadeSecret();

    [GeneratedRegex("! -name '(?<pattern>[^']+)'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex KeptForRestore();

    [GeneratedRegex("<Import Project=\"(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Import();
}
