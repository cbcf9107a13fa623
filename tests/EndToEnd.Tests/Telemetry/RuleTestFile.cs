namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The file of rules' tests that promtool runs.</summary>
internal sealed class RuleTestFile
{
    public List<string> RuleFiles { get; set; } = [];
    public string EvaluationInterval { get; set; } = "";
    public List<RuleTest> Tests { get; set; } = [];

    internal sealed class RuleTest
    {
        public string Name { get; set; } = "";
        public string Interval { get; set; } = "";
        public List<InputSeries> InputSeries { get; set; } = [];
        public List<Expectation> PromqlExprTest { get; set; } = [];
    }

    internal sealed class InputSeries
    {
        public string Series { get; set; } = "";
        public string Values { get; set; } = "";
    }

    /// <summary>Which alerts fire at a moment.</summary>
    internal sealed class Expectation
    {
        public string Expr { get; set; } = "";
        public string EvalTime { get; set; } = "";
        public List<Sample> ExpSamples { get; set; } = [];
    }

    internal sealed class Sample
    {
        public string Labels { get; set; } = "";
        public double Value { get; set; }
    }
}
