/* What is used of ECharts, and no more. Loaded when the first chart is looked at. */
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendScrollComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendScrollComponent, TooltipComponent, CanvasRenderer]);

export { init };
